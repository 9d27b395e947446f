import type { Candidate, LinkedMention } from '@referent/core';

/** A linked mention as the command line writes it. */
export function mentionToJson({ start, end, surface, entity, score, probability, candidates }: LinkedMention): object {
  return {
    start,
    end,
    surface,
    entity: entity && { id: entity.id, title: entity.title, ...(entity.url !== undefined && { url: entity.url }) },
    score: round(score),
    probability: round(probability),
    candidates: candidates.map(candidateToJson),
  };
}

function candidateToJson({ entity, retrievalScore, rerankScore, probability, sources, scores }: Candidate): object {
  return {
    id: entity.id,
    title: entity.title,
    retrieval_score: round(retrievalScore),
    ...(rerankScore !== undefined && { rerank_score: round(rerankScore) }),
    probability: round(probability),
    sources,
    scores: Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, round(value)])),
  };
}

/** Six digits: more are noise of the number format. */
function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : value;
}
