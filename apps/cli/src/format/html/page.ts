import { createHash } from 'node:crypto';
import { formatAmount } from '../../terminal.js';
import { formatHtmlDocument, type LinkedText, sureFrom } from './document.js';
import { escapeHtml } from './escape.js';
import { pageScript } from './script.js';
import { pageStyle } from './style.js';

/** What the page says of its origin. Nothing of the machine it was made on. */
export interface PageOrigin {
  readonly knowledgeBase: string;
  readonly model: string;
  readonly version: string;
}

/** One page of linked documents, written piece by piece: everything it needs is in it. */
export function createHtmlPage(origin: PageOrigin) {
  let documents = 0;
  let mentions = 0;
  let linked = 0;
  return {
    *document(document: LinkedText): Generator<string> {
      if (documents++ === 0) yield formatHead(origin);
      mentions += document.mentions.length;
      linked += document.mentions.filter(({ entity }) => entity).length;
      yield* formatHtmlDocument(document, documents);
    },
    *end(): Generator<string> {
      if (documents === 0) yield formatHead(origin);
      const counts = [
        formatAmount(documents, 'document', 'documents'),
        formatAmount(mentions, 'mention', 'mentions'),
        formatAmount(linked, 'link', 'links'),
      ];
      yield formatFoot(counts.join(', '), origin);
    },
  };
}

/** All that stands before the first document. The policy lets nothing run or load but what is written here. */
function formatHead({ knowledgeBase, model, version }: PageOrigin): string {
  const policy = `default-src 'none'; script-src '${hashOf(pageScript)}'; style-src '${hashOf(pageStyle)}'; style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
  const percent = Math.round(100 * sureFrom);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Referent ${escapeHtml(version)}">
<title>Linked text – ${escapeHtml(knowledgeBase)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>Linked text</h1>
<p>Mentions linked to <strong><bdi>${escapeHtml(knowledgeBase)}</bdi></strong> with the model <bdi>${escapeHtml(model)}</bdi>. <span class="hint">Point at a mention, tap it, or go to it with the Tab key to see what it may mean.</span></p>
<ul class="legend" aria-label="Legend">
<li class="sure"><span class="surface">linked</span> at ${percent} % or more</li>
<li class="unsure"><span class="surface">linked, unsure</span> below ${percent} %</li>
<li class="nil"><span class="surface">not linked</span> nothing here is meant</li>
</ul>
</header>
<main>
`;
}

function formatFoot(counts: string, { version }: PageOrigin): string {
  return `</main>
<footer>${counts}. Made with Referent ${escapeHtml(version)}.</footer>
<script>${pageScript}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
