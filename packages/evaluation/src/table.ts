/** A table of a report, whatever it is printed on. */
export interface Table {
  readonly title: string;
  /** The first row is the head. */
  readonly rows: readonly (readonly string[])[];
}

/** The first column to the left, numbers to the right. */
export function asText({ title, rows }: Table): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines].join('\n');
}

export function asMarkdown({ title, rows: [head, ...rows] }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = `|---|${'---:|'.repeat(head!.length - 1)}`;
  return [`### ${title}`, '', line(head!), rule, ...rows.map(line)].join('\n');
}

/** 0.81264 -> "81.26". */
export function percent(value: number | null): string {
  return value === null ? '-' : (value * 100).toFixed(2);
}

function escaped(cell: string): string {
  return cell.replace(/[\\|]/g, '\\$&').replace(/\s+/g, ' ');
}
