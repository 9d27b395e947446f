import { Parser, type Quad } from 'n3';
import type { TextLine } from '../text-lines.js';

const nif = 'http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#';
const itsrdf = 'http://www.w3.org/2005/11/its/rdf#';

/** What one resource of a NIF file says; the rest of the file is not kept. */
export interface NifResource {
  isString?: string;
  context?: string;
  begin?: string;
  end?: string;
  anchor?: string;
  /** Absent: a mention that is not linked. A blank node stands for an entity that has no address. */
  references?: string[];
}

/** By address, in the order of the file. */
export type NifGraph = ReadonlyMap<string, NifResource>;

/**
 * Reads Turtle, N-Triples or TriG. Statements may come in any order, so that texts and annotations are kept until the
 * end; everything else is let go of at once.
 * @throws the parser's error, with the line in its message
 */
export async function readNifGraph(lines: AsyncIterable<TextLine>): Promise<NifGraph> {
  const resources = new Map<string, NifResource>();
  let failure: Error | undefined;
  const input = createFeed();
  new Parser({ baseIRI: 'file:///' }).parse(input.emitter, (error, quad) => {
    if (error) failure ??= error;
    else if (quad) keep(resources, quad);
  });
  for await (const { text } of lines) {
    input.push(`${text}\n`);
    if (failure) throw failure;
  }
  input.finish();
  if (failure) throw failure;
  return resources;
}

function keep(resources: Map<string, NifResource>, { subject, predicate, object }: Quad): void {
  const known = resources.get(subject.value);
  const resource = known ?? {};
  switch (predicate.value) {
    case `${nif}isString`:
      resource.isString = object.value;
      break;
    case `${nif}referenceContext`:
      resource.context = object.value;
      break;
    case `${nif}beginIndex`:
      resource.begin = object.value;
      break;
    case `${nif}endIndex`:
      resource.end = object.value;
      break;
    case `${nif}anchorOf`:
      resource.anchor = object.value;
      break;
    case `${itsrdf}taIdentRef`: {
      resource.references ??= [];
      if (object.termType === 'NamedNode') resource.references.push(object.value);
      break;
    }
    default:
      return;
  }
  if (!known) resources.set(subject.value, resource);
}

/** The parser listens to an event emitter, of which it only uses `on`: it parses every piece while it is pushed. */
function createFeed() {
  const listeners: Record<string, (chunk?: string) => void> = {};
  const emitter = {
    on(event: string, listener: (chunk?: string) => void) {
      listeners[event] = listener;
      return emitter;
    },
  };
  return {
    emitter: emitter as unknown as Parameters<Parser['parse']>[0],
    push: (text: string) => listeners.data?.(text),
    finish: () => listeners.end?.(),
  };
}
