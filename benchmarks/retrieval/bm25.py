"""BM25 beside the bi-encoder: the mention is the query, title and text are the document, and the candidates are those
of the mention's world, where it has one. Ties count in the order of the entities.

    python3 bm25.py entities.jsonl mentions.jsonl > recall.json
"""

import json
import sys
from collections import defaultdict

import bm25s
import numpy as np

CUTOFFS = (1, 16, 64)


def read(path):
    with open(path, encoding="utf8") as file:
        return [json.loads(line) for line in file]


def words(texts):
    return bm25s.tokenize(texts, token_pattern=r"(?u)\w+", stopwords="en", return_ids=False, show_progress=False)


def ranks(entities, mentions):
    """How many entities stand before the right one."""
    position = {entity["id"]: row for row, entity in enumerate(entities)}
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(words([f"{entity['title']} {entity['text']}" for entity in entities]), show_progress=False)
    known = index.vocab_dict
    answers = []
    for mention, query in zip(mentions, words([mention["mention"] for mention in mentions])):
        query = [word for word in query if word in known]
        scores = index.get_scores(query) if query else np.zeros(len(entities), np.float32)
        gold = position[mention["label_id"]]
        answers.append(int((scores > scores[gold]).sum() + (scores[:gold] == scores[gold]).sum()))
    return answers


def recall(places):
    return {str(k): sum(place < k for place in places) / len(places) for k in CUTOFFS}


def main(entities_file, mentions_file):
    entities, mentions = read(entities_file), read(mentions_file)
    by_world = defaultdict(list)
    if any("world" in entity for entity in entities):
        for entity in entities:
            by_world[entity.get("world")].append(entity)
    groups = defaultdict(list)
    for mention in mentions:
        groups[mention.get("world")].append(mention)
    worlds = {world: ranks(by_world[world] if by_world else entities, group) for world, group in groups.items()}
    places = [place for group in worlds.values() for place in group]
    report = {
        "bm25s": bm25s.__version__,
        "all": recall(places),
        "worlds": {world: recall(group) for world, group in worlds.items() if world is not None},
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
