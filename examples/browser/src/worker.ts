/// <reference lib="webworker" />
import type { LinkedMention, Mention } from '@referent/core';
import { openLinker } from './open-linker.js';
import type { LinkRequest, WorkerMessage } from './protocol.js';

const say = (message: WorkerMessage) => postMessage(message);
const fail = (error: unknown) =>
  say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
const candidatesShown = 5;
const mostRemembered = 500;

/** What a window of text was linked to: most of a text stays as it is while one types. */
const remembered = new Map<string, LinkedMention>();
let newest: LinkRequest | undefined;
let isLinking = false;

const started = performance.now();
const opening = openLinker(new URL('./', location.href), ({ step, done, total }) =>
  say({ kind: 'progress', step, done, total }),
);
opening.then(({ entities }) => say({ kind: 'ready', entities, seconds: (performance.now() - started) / 1000 }), fail);

addEventListener('message', ({ data }: MessageEvent<LinkRequest>) => {
  newest = data;
  if (!isLinking) work().catch(fail);
});

async function work(): Promise<void> {
  isLinking = true;
  try {
    const linker = await opening.catch(() => undefined); // said already
    while (linker && newest) {
      const request = newest;
      await linkText(request, linker);
      if (newest === request) newest = undefined;
    }
  } finally {
    isLinking = false;
  }
}

/** One mention after the other, and none any more where a newer text has come. */
async function linkText(request: LinkRequest, opened: Awaited<typeof opening>): Promise<void> {
  const { id, text } = request;
  const mentions = await opened.detector.detect(text);
  say({ kind: 'found', id, spans: mentions.map(({ start, end }) => ({ start, end })) });
  let encoded = 0;
  const from = performance.now();
  for (const mention of mentions) {
    const paragraph = paragraphOf(text, mention);
    const within = { ...mention, start: mention.start - paragraph.start, end: mention.end - paragraph.start };
    const key = windowOf(paragraph.text, within, opened.contextCharacters);
    let linked = remembered.get(key);
    if (!linked) {
      await nextTask(); // lets the messages in
      if (newest !== request) return;
      [linked] = await opened.linker.link(paragraph.text, { mentions: [within], keep: candidatesShown });
      encoded++;
      remember(key, linked!);
    }
    say({ kind: 'linked', id, mention: { ...linked!, ...mention } });
  }
  say({ kind: 'done', id, encoded, milliseconds: performance.now() - from });
}

/** Blank lines part what is about one thing from what is about another; less is read, too. */
function paragraphOf(text: string, { start, end }: Mention) {
  const before = text.slice(0, start).lastIndexOf('\n\n');
  const from = before < 0 ? 0 : before + 2;
  const to = text.indexOf('\n\n', end);
  return { start: from, text: text.slice(from, to < 0 ? text.length : to) };
}

function windowOf(text: string, { start, end }: Mention, characters: number): string {
  return JSON.stringify([
    text.slice(Math.max(0, start - characters), start),
    text.slice(start, end),
    text.slice(end, end + characters),
  ]);
}

function remember(key: string, linked: LinkedMention): void {
  remembered.set(key, linked);
  if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value!);
}

const channel = new MessageChannel();
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(undefined);
  });
}
