import { cardOf } from './card.js';
import { examples } from './examples.js';
import { keepLinks, type Mark, shiftMarks, showMarks } from './marks.js';
import type { LinkRequest, WorkerMessage } from './protocol.js';

const find = <T extends HTMLElement>(selector: string) => document.querySelector<T>(selector)!;
const input = find<HTMLTextAreaElement>('#text');
const mirror = find('.mirror');
const status = find('#status');
const progress = find<HTMLProgressElement>('progress');
const card = find('#card');
const debounce = 60;

let text = '';
let marks: Mark[] = [];
let newest = 0;
let timer = 0;
let opened: HTMLElement | undefined;

const worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' });
worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => receive(data));
worker.addEventListener('error', ({ message }) => receive({ kind: 'failed', message }));

function receive(message: WorkerMessage): void {
  if ('id' in message && message.id !== newest) return; // of a text that is no longer there
  if (message.kind === 'progress') {
    const { step, done, total } = message;
    if (total) progress.value = done / total;
    const size = total ? ` of ${megabytes(total)}` : '';
    if (step.endsWith('.safetensors')) status.textContent = `Loading the model: ${megabytes(done)}${size}`;
  } else if (message.kind === 'ready') {
    progress.hidden = true;
    document.body.dataset.ready = message.seconds.toFixed(2);
    status.textContent = `Ready: ${message.entities} entities, loaded in ${message.seconds.toFixed(1)} s.`;
  } else if (message.kind === 'found') {
    update(keepLinks(message.spans, marks));
  } else if (message.kind === 'linked') {
    const { mention } = message;
    update(
      marks.map((mark) =>
        mark.start === mention.start && mark.end === mention.end ? { ...mark, linked: mention } : mark,
      ),
    );
  } else if (message.kind === 'done') {
    const { encoded, milliseconds } = message;
    const each = encoded > 0 ? `, ${encoded} read anew in ${milliseconds.toFixed(0)} ms` : '';
    status.textContent = `${marks.length} ${marks.length === 1 ? 'mention' : 'mentions'}${each}.`;
    document.body.dataset.done = String(message.id);
    document.body.dataset.perMention = encoded > 0 ? (milliseconds / encoded).toFixed(1) : '';
  } else {
    progress.hidden = true;
    status.className = 'failed';
    status.textContent = `This did not work: ${message.message}`;
  }
}

function update(changed: Mark[]): void {
  marks = changed;
  showMarks(mirror, text, marks);
  const again = opened && mirror.querySelector<HTMLElement>(`[data-mark="${opened.dataset.mark}"]`);
  if (again?.textContent === opened?.textContent && again) open(again);
  else close();
}

function edited(): void {
  const changed = shiftMarks(marks, text, input.value);
  text = input.value;
  close();
  update(changed);
  newest++;
  clearTimeout(timer);
  timer = window.setTimeout(() => worker.postMessage({ id: newest, text } satisfies LinkRequest), debounce);
}

function open(mark: HTMLElement): void {
  const { linked } = marks[Number(mark.dataset.mark)] ?? {};
  if (!linked) {
    close();
    return;
  }
  opened?.classList.remove('open');
  opened = mark;
  mark.classList.add('open');
  card.replaceChildren(...cardOf(linked));
  card.hidden = false;
  const { left, top, bottom } = mark.getClientRects()[0]!;
  const gap = 8;
  const isAbove = innerHeight - bottom < card.offsetHeight + 2 * gap && top > innerHeight - bottom;
  card.style.left = `${scrollX + Math.max(16, Math.min(left, document.documentElement.clientWidth - card.offsetWidth - 16))}px`;
  card.style.top = `${scrollY + (isAbove ? top - card.offsetHeight - gap : bottom + gap)}px`;
}

function close(): void {
  opened?.classList.remove('open');
  opened = undefined;
  card.hidden = true;
}

/** The textarea lies above the marks: which of them is under the pointer? */
function markAt(x: number, y: number): HTMLElement | undefined {
  return [...mirror.querySelectorAll<HTMLElement>('.mark')].find((mark) =>
    [...mark.getClientRects()].some((it) => x >= it.left && x <= it.right && y >= it.top && y <= it.bottom),
  );
}

function pointAt({ clientX, clientY }: MouseEvent): void {
  const mark = markAt(clientX, clientY);
  if (mark) open(mark);
  else if (document.activeElement?.parentElement !== mirror) close();
}

input.addEventListener('input', edited);
input.addEventListener('pointermove', pointAt);
input.addEventListener('click', pointAt);
input.addEventListener('pointerleave', ({ relatedTarget }) => {
  if (!card.contains(relatedTarget as Node | null) && document.activeElement?.parentElement !== mirror) close();
});
card.addEventListener('pointerleave', close);
mirror.addEventListener('focusin', ({ target }) => open(target as HTMLElement));
mirror.addEventListener('focusout', close);
document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape') return;
  close();
  if (document.activeElement?.parentElement === mirror) input.focus();
});
addEventListener('resize', close);

for (const [name, example] of Object.entries(examples)) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = name;
  button.addEventListener('click', () => {
    input.value = example;
    edited();
  });
  find('.examples').append(button);
}
input.value ||= Object.values(examples)[0]!;
edited();

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
