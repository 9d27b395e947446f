import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createTokenizer, layoutEntity, layoutMention, layoutPair } from '@referent/tokenizer';

const tokenizerJson = JSON.parse(readFileSync('all-MiniLM-L6-v2/tokenizer.json', 'utf8'));
const tokenizer = createTokenizer({ tokenizerJson });
const mention = { contextLeft: 'He painted by the Seine in ', surface: 'Paris', contextRight: '.' };
const context = layoutMention(tokenizer, mention, { maximumLength: 32 });
const entity = layoutEntity(tokenizer, { title: 'Paris', text: 'the capital of France' });
const { ids, segments } = layoutPair(context, entity, { maximumContextLength: 32 });
assert.equal(ids.length, segments.length);
console.log(tokenizer.decode(ids));
