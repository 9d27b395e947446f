"""Makes the golden files beside this script with BLINK's own code, on tiny BERTs with seeded weights. See README.md.

    python make.py PATH_OF_A_BLINK_CHECKOUT
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import types
from pathlib import Path

import torch

HERE = Path(__file__).parent
TAGS = ["[PAD]", "[unused0]", "[unused1]", "[unused2]", "[unused3]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = """the of and in a is was to by city river capital queen born first war music film team album game
##s ##ing ##ed ##er ##ly ##ion paris texas france river ##bank troy helen prince london arthur 1889 2019 university
england football novel word The Paris Cafe""".split()
OTHERS = list("ßøłæ中国東京αοδσςдмир") + ["##" + character for character in "ßøłæαοδσςдмир"]

BERT = dict(
    vocab_size_or_config_json_file=0,  # set below
    hidden_size=12,
    num_hidden_layers=2,
    num_attention_heads=3,
    intermediate_size=24,
    hidden_act="gelu",
    hidden_dropout_prob=0.1,
    attention_probs_dropout_prob=0.1,
    max_position_embeddings=256,
    type_vocab_size=2,
    initializer_range=0.02,
    layer_norm_eps=1e-12,
)

LONG_LEFT = "the queen of england was born in the city of london and the first war began in the capital " * 7
LONG_RIGHT = "is a novel by arthur , the music of a film in 2019 ; the team and the university of texas " * 7
WIDE = "paris " * 200

MENTIONS = [
    # name, context_left, mention, context_right
    ("plain", "Helen was carried off by ", "Paris", ", prince of Troy."),
    ("no left context", "", "Paris", " is the capital of France."),
    ("no right context", "She grew up in ", "Paris", ""),
    ("no context", "", "Paris, Texas", ""),
    ("long on both sides", LONG_LEFT, "paris", LONG_RIGHT),
    ("long on the left, short on the right", LONG_LEFT, "Paris", " is old"),
    ("long on the left, nothing on the right", LONG_LEFT, "paris", ""),
    ("short on the left, long on the right", "In old ", "paris", LONG_RIGHT),
    ("nothing on the left, long on the right", "", "paris", LONG_RIGHT),
    ("left one token over its share", "the city of london and the river in paris ", "paris", LONG_RIGHT),
    ("mention of 10 tokens", LONG_LEFT, "paris " * 10, LONG_RIGHT),
    ("mention of 26 tokens, room for one on each side", LONG_LEFT, "paris " * 26, LONG_RIGHT),
    ("mention of 27 tokens, nothing on the left", "", "paris " * 27, LONG_RIGHT),
    ("mention of 28 tokens, no context", "", "paris " * 28, ""),
    ("mention of 28 tokens, nothing on the left", "", "paris " * 28, LONG_RIGHT),
    ("mention of 27 tokens, nothing on the right", LONG_LEFT, "paris " * 27, ""),
    ("mention of 27 tokens between long contexts", LONG_LEFT, "paris " * 27, LONG_RIGHT),
    ("mention of 28 tokens between long contexts", LONG_LEFT, "paris " * 28, LONG_RIGHT),
    ("mention of 30 tokens", "", "paris " * 30, ""),
    ("mention longer than every window", LONG_LEFT, WIDE, LONG_RIGHT),
    ("accents", "Déjà à l'École, près du Café ", "Zürich–Genève", " où naquit Müller, à Łódź ou Tromsø; Straße, naïve, Ærø."),
    ("combining marks", "Cafe\u0301 und Zu\u0308rich ", "Ange\u0301lique", " q\u0323\u0307 a\u0300\u0301\u0302 \u1e69"),
    ("ideographs", "他出生在中国的", "東京", "，是一个城市。"),
    ("Cyrillic and Greek", "в городе мир, дом ", "Мир", " ο δασος στα ΔΑ και οδοσ."),
    ("capital sigma", "ΟΔΟΣ ", "ΣΟΔΑΣ", " ΔΟΣ. ΟΣ,"),
    ("dotted capital I", "İstanbul ILIK ", "DİYARBAKIR", " ı i̇"),
    ("emoji and signs beyond the first plane", "👍🏽 the team 🇫🇷 ", "𝔓𝔞𝔯𝔦𝔰", " 𐍈 👩‍👩‍👧 won!"),
    ("right to left", "ולד בעיר ", "ירושלים", " العربية: القدس؛"),
    ("controls and invisible characters", "zero\u200bwidth soft\u00adhyphen \ufeffbom a\u0000b \ufffd ", "par\u200dis", " c\u0007d \u2028e\u2029f \u0085g"),
    ("white space", "tab\there\nnew\r\nline\u00a0nbsp\u3000wide\u2009thin  ", "\tnew   york ", "\n\n the end \u1680."),
    ("punctuation", "\"What's\"--(a) [b] {c}_d/e\\f|g ", "AT&T/U.S.A.", " x@y.z #1 $5 50% ^~` ¿qué? «oui» …"),
    ("a word of 101 letters", "x" * 100 + " ", "y" * 101, " " + "ab" * 60),
    ("digits", "In 1889, 3.14 and 1,000,000 ", "20190", " 12ab ab12 ²³½"),
    ("ligatures and widths", "ﬁrst ﬂower ", "ＰＡＲＩＳ", " ⅷ ㎞ ｶﾅ ﷺ"),
]

ENTITIES = [
    ("https://en.wikipedia.org/wiki?curid=22989", "Paris", " Paris is the capital and most populous city of France, on the river Seine."),
    ("https://en.wikipedia.org/wiki?curid=136450", "Paris, Texas", " Paris is a city in Texas."),
    ("https://en.wikipedia.org/wiki?curid=81719", "Paris (mythology)", " Paris, the son of the king of Troy, who carried off Helen."),
    ("https://en.wikipedia.org/wiki?curid=5", "Helen of Troy", " Helen was born a queen. " + LONG_RIGHT),
    ("https://en.wikipedia.org/wiki?curid=6", "Empty text", ""),
    ("https://en.wikipedia.org/wiki?curid=7", "Zürich", " Zürich ist eine Stadt; près de la Straße, 東京 中国."),
    ("https://en.wikipedia.org/wiki?curid=8", "the city " * 70, " A title longer than the window."),
    ("https://en.wikipedia.org/wiki?curid=9", "the city " * 62 + "of", " A title that leaves room for one more token."),
    ("E0421536", "London", " London is the capital of England."),
    ("Q84 ", "Arthur", "Arthur was a king: " + "queen " * 130),
    ("https://en.wikipedia.org/wiki?curid=12", "1889", " 1889 was the first year. \"What's\" (in) it?"),
    ("https://en.wikipedia.org/wiki?curid=13", "River", " A river is a river\u2028in two\tlines."),
    ("https://en.wikipedia.org/wiki?curid=14", "Troy", " The war of Troy: a novel, a film, an album, a game."),
    ("https://en.wikipedia.org/wiki?curid=15", "University of Texas", " The university in Texas, and its football team."),
    ("https://en.wikipedia.org/wiki?curid=16", "𝔓𝔞𝔯𝔦𝔰", " 👍🏽 𐍈"),
    ("https://en.wikipedia.org/wiki?curid=17", "Мир", " мир дом"),
    ("https://en.wikipedia.org/wiki?curid=18", "AT&T", " A U.S. company; x@y.z"),
    ("https://en.wikipedia.org/wiki?curid=19", "Music", " Music is music is music."),
    ("https://en.wikipedia.org/wiki?curid=20", "Queen (band)", " A first album by the queen."),
    ("https://en.wikipedia.org/wiki?curid=21", "Water", " w " * 126),
]

BI_PARAMS = dict(
    silent=False, debug=False, data_parallel=True, no_cuda=True, zeshel=False, top_k=10, seed=52313, max_seq_length=128,
    max_context_length=32, max_cand_length=128, path_to_model=None, bert_model="tiny-bert-uncased", pull_from_layer=-1,
    lowercase=True, context_key="context", out_dim=100, add_linear=False, eval_batch_size=8,
)
CROSS_PARAMS = dict(BI_PARAMS, max_seq_length=160, out_dim=1, add_linear=True, data_parallel=False)


def vocabulary():
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    pieces = list(letters) + ["##" + letter for letter in letters] + list(".,;:!?'\"()[]{}-–&/\\|_@#$%^~`«»…¿，。") + list("ACDIMPSTUZ")
    return list(dict.fromkeys(TAGS + pieces + WORDS + OTHERS))


def seeded(state, seed):
    """Weights as different from each other as a trained model's: BERT's own initial ones give near-equal vectors."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in state.items():
        noise = torch.randn(tensor.shape, generator=generator)
        if name.endswith("LayerNorm.weight"):
            value = 1 + 0.2 * noise
        elif name.endswith(".bias"):
            value = 0.1 * noise
        elif "embeddings" in name:
            value = noise
        else:
            value = 1.5 * noise / tensor.shape[-1] ** 0.5
        tensor.copy_(value)


def rounded(values, digits=5):
    return [rounded(value, digits) for value in values] if isinstance(values, list) else round(float(values), digits)


def unpadded(ids):
    ids = list(ids)
    while ids and ids[-1] == 0:
        ids.pop()
    return ids


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("blink", type=Path, help="a checkout of facebookresearch/BLINK")
    parser.add_argument("--commit", help="what to record where the checkout has no .git")
    options = parser.parse_args()
    commit = options.commit or subprocess.check_output(["git", "-C", str(options.blink), "rev-parse", "HEAD"], text=True).strip()
    sys.path.insert(0, str(options.blink))
    # Named-entity recognition and FAISS are imported by main_dense and not used here.
    sys.modules["blink.ner"] = types.ModuleType("blink.ner")
    faiss = types.ModuleType("blink.indexer.faiss_indexer")
    faiss.DenseFlatIndexer = faiss.DenseHNSWFlatIndexer = None
    sys.modules["blink.indexer.faiss_indexer"] = faiss

    import pytorch_transformers
    from blink import main_dense
    from blink.biencoder.biencoder import BiEncoderRanker
    from blink.biencoder.data_process import get_candidate_representation, get_context_representation
    from blink.common.params import ENT_END_TAG, ENT_START_TAG, ENT_TITLE_TAG
    from blink.crossencoder.crossencoder import CrossEncoderRanker
    from blink.crossencoder.data_process import (
        prepare_crossencoder_candidates,
        prepare_crossencoder_data,
        prepare_crossencoder_mentions,
    )
    from blink.crossencoder.train_cross import evaluate, modify
    from pytorch_transformers.modeling_bert import BertConfig, BertModel
    from pytorch_transformers.tokenization_bert import BertTokenizer

    assert [ENT_START_TAG, ENT_END_TAG, ENT_TITLE_TAG] == TAGS[1:4]
    random.seed(0)
    torch.manual_seed(0)
    torch.set_num_threads(1)

    vocab = vocabulary()
    (HERE / "vocab.txt").write_text("\n".join(vocab) + "\n", encoding="utf-8")
    start = Path(tempfile.mkdtemp())

    def start_model(name, **sizes):
        config = BertConfig(**{**BERT, **sizes, "vocab_size_or_config_json_file": len(vocab)})
        (start / name).mkdir()
        BertModel(config).save_pretrained(start / name)
        (start / name / "vocab.txt").write_text("\n".join(vocab) + "\n", encoding="utf-8")
        (HERE / f"{name}.json").write_text(config.to_json_string(), encoding="utf-8")

    start_model("bert_config")
    start_model("bert_config_linear", hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, max_position_embeddings=128)

    def save(name, ranker, params, seed, legacy):
        state = ranker.model.module.state_dict() if hasattr(ranker.model, "module") else ranker.model.state_dict()
        seeded(state, seed)
        torch.save(state, HERE / f"{name}.bin", _use_new_zipfile_serialization=not legacy)
        (HERE / f"{name}.json").write_text(json.dumps(params, indent=2) + "\n", encoding="utf-8")

    def ranker(kind, params, name="bert_config"):
        return kind({**params, "bert_model": str(start / name), "data_parallel": False})

    start_of = dict(biencoder="bert_config", biencoder_linear="bert_config_linear", crossencoder="bert_config")
    linear_params = dict(BI_PARAMS, add_linear=True, out_dim=6)
    for kind, name, params, seed, legacy in (
        (BiEncoderRanker, "biencoder", BI_PARAMS, 1, True),
        (BiEncoderRanker, "biencoder_linear", linear_params, 2, False),
        (CrossEncoderRanker, "crossencoder", CROSS_PARAMS, 3, False),
    ):
        save(name, ranker(kind, params, start_of[name]), params, seed, legacy)

    # From here on the files that were written are what is read, by BLINK's own loaders.
    bi = ranker(BiEncoderRanker, {**BI_PARAMS, "path_to_model": str(HERE / "biencoder.bin")})
    linear = ranker(BiEncoderRanker, {**linear_params, "path_to_model": str(HERE / "biencoder_linear.bin")}, "bert_config_linear")
    cross = ranker(CrossEncoderRanker, {**CROSS_PARAMS, "path_to_model": str(HERE / "crossencoder.bin")})
    for model in (bi, linear, cross):
        model.model.eval()

    lines = [json.dumps({"text": text, "idx": idx, "title": title, "entity": title}) for idx, title, text in ENTITIES]
    (HERE / "entity.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")

    cased = BertTokenizer.from_pretrained(str(start / "bert_config"), do_lower_case=False)
    samples = [
        dict(context_left=left, mention=mention, context_right=right, label="unknown", label_id=-1)
        for _, left, mention, right in MENTIONS
    ]

    def context_ids(sample, tokenizer, length):
        try:
            return get_context_representation(sample, tokenizer, length)["ids"]
        except AssertionError:
            return None  # BLINK stops here

    def entity_ids(tokenizer, length):
        return [get_candidate_representation(text, tokenizer, length, title)["ids"] for _, title, text in ENTITIES]

    mentions = []
    for (name, left, mention, right), sample in zip(MENTIONS, samples):
        ids = {str(length): context_ids(sample, bi.tokenizer, length) for length in (32, 128)}
        ids["cased 32"] = context_ids(sample, cased, 32)
        ids = {key: value and unpadded(value) for key, value in ids.items()}
        mentions.append(dict(name=name, context_left=left, mention=mention, context_right=right, ids=ids))

    with torch.no_grad():
        pool = torch.LongTensor(entity_ids(bi.tokenizer, 128))
        encodings = bi.encode_candidate(pool).clone()  # BLINK's are the result of torch.cat
        torch.save(encodings, HERE / "entities.t7", _use_new_zipfile_serialization=False)
        linear_encodings = linear.encode_candidate(pool)

    def load_catalogue(encoding):
        return main_dense._load_candidates(str(HERE / "entity.jsonl"), str(encoding))

    candidate_encoding, _, id2title, id2text, wikipedia_ids, _ = load_catalogue(HERE / "entities.t7")

    def run(context_length, max_seq_length):
        """main_dense.run, with the context length as a parameter where that fixes it at 32, and on the processor."""
        usable = [i for i, mention in enumerate(mentions) if mention["ids"][str(context_length)]]
        chosen = [samples[i] for i in usable]
        bi_params = {**BI_PARAMS, "max_context_length": context_length}
        loader = main_dense._process_biencoder_dataloader(chosen, bi.tokenizer, bi_params)
        labels, nns, scores = main_dense._run_biencoder(bi, loader, candidate_encoding, 10)
        vectors = torch.cat([bi.encode_context(batch[0]) for batch in loader])
        contexts = torch.LongTensor(prepare_crossencoder_mentions(cross.tokenizer, chosen, context_length))
        _, candidates = prepare_crossencoder_candidates(cross.tokenizer, labels, nns, id2title, id2text)
        candidates = torch.LongTensor(candidates)
        if context_length == 32:
            given = prepare_crossencoder_data(cross.tokenizer, chosen, labels, nns, id2title, id2text, keep_all=True)
            assert torch.equal(given[0], contexts) and torch.equal(given[1], candidates)
        inputs = modify(contexts, candidates, max_seq_length)
        no_labels = torch.zeros(len(chosen), dtype=torch.long)
        loader = main_dense._process_crossencoder_dataloader(inputs, no_labels, CROSS_PARAMS)
        logits = evaluate(cross, loader, "cpu", None, context_length)["logits"]
        return dict(
            contextLength=context_length,
            maximumLength=max_seq_length,
            results=[
                dict(
                    mention=i,
                    vector=rounded(vectors[row].tolist()),
                    top=[int(entity) for entity in nns[row]],
                    scores=rounded(scores[row].tolist()),
                    rerankScores=rounded(logits[row].tolist()),
                    # Whole, padding included, of some: all are in the scores.
                    **({"inputs": [unpadded(x) for x in inputs[row].tolist()[:2]]} if row in (0, 1, 2, 4, 11) else {}),
                )
                for row, i in enumerate(usable)
            ],
        )

    runs = [run(32, 160), run(128, 256), run(32, 64)]

    plain = [i for i, mention in enumerate(mentions) if mention["ids"]["32"]]
    with torch.no_grad():
        contexts = torch.LongTensor([context_ids(samples[i], linear.tokenizer, 32) for i in plain])
        linear_scores = linear.score_candidate(contexts, None, cand_encs=linear_encodings)

    golden = dict(
        blink=commit,
        torch=torch.__version__,
        pytorchTransformers=pytorch_transformers.__version__,
        mentions=mentions,
        entities=dict(
            ids={"128": [unpadded(ids) for ids in pool.tolist()], "32": [unpadded(ids) for ids in entity_ids(bi.tokenizer, 32)]},
            vectors=rounded(encodings.tolist()),
            wikipediaIds=[str(id) for id in wikipedia_ids],
        ),
        runs=runs,
        linear=dict(
            mentions=plain,
            entityVectors=rounded(linear_encodings.tolist()),
            scores=rounded(linear_scores.tolist()),
        ),
    )
    text = json.dumps(golden, ensure_ascii=True, separators=(",", ":"))
    (HERE / "golden.json").write_text(text.replace('{"name"', '\n{"name"').replace('{"mention"', '\n{"mention"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
