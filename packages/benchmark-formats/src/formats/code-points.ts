/** Turns positions that count code points, as Python counts, into UTF-16 positions of the same text. */
export function codePointOffsets(text: string): (position: number) => number | undefined {
  // Texts without surrogates are the rule: both counts agree.
  if (!/[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(text)) {
    return (position) => (isPosition(position, text.length) ? position : undefined);
  }
  const offsets: number[] = [];
  let offset = 0;
  for (const character of text) {
    offsets.push(offset);
    offset += character.length;
  }
  offsets.push(offset);
  return (position) => offsets[position];
}

function isPosition(position: number, length: number): boolean {
  return Number.isInteger(position) && position >= 0 && position <= length;
}
