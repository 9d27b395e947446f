import type { EntityColumns } from '@referent/knowledge-base';
import type { ColumnProfile } from './column-profile.js';

export type Field = keyof EntityColumns;

/** A column for a field, and what spoke for it. */
export interface ProposedColumn {
  readonly column: ColumnProfile;
  readonly why: 'its name' | 'its values';
}

export type Proposal = Partial<Record<Field, ProposedColumn>>;

/** Words of headers, in the languages that tables often come in. */
const words: Readonly<Record<Field, string>> = {
  id: 'id idx identifier key code sku ean isbn qid uuid guid nummer nr kennung identifiant codigo código numero número',
  title:
    'title name label term entity headword lemma titel bezeichnung benennung begriff titre nom libelle libellé terme titulo título nombre nome titolo termine termo naam',
  text: 'text description desc summary abstract definition gloss meaning body content about beschreibung erklärung erklaerung bedeutung zusammenfassung définition résumé resume descripción descripcion definición definicion resumen descrizione definizione descrição descricao definição definicao omschrijving beschrijving',
  aliases:
    'aliases alias aka synonyms synonym synonyme sinonimos sinónimos sinonimi sinônimos altnames alternatives variants synoniemen',
  url: 'url uri link href homepage website web webseite page permalink lien enlace sito',
  world: 'world namespace domain',
};
const wordsOf = new Map(Object.entries(words).map(([field, list]) => [field as Field, list.split(' ')]));

/** Distinct fields are looked for in this order: what is easiest to recognise is taken out of the way first. */
const order: readonly Field[] = ['url', 'id', 'text', 'title', 'aliases', 'world'];

/** Finds the columns of an entity: by their names where these speak, and by what their values are like. */
export function proposeColumns(columns: readonly ColumnProfile[]): Proposal {
  const proposal: Proposal = {};
  const usable = columns.filter(({ strange, filled }) => !strange && filled > 0);
  const isFree = ({ name }: ColumnProfile) => !Object.values(proposal).some((it) => it.column.name === name);
  for (const byName of [true, false]) {
    for (const field of order) {
      if (proposal[field]) continue;
      const ranked = usable
        .filter((column) => isFree(column) && fits[field](column, byName))
        .map((column) => ({ column, score: byName ? nameScore(column.name, field) : valueScore(column, field) }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score || b.column.filled - a.column.filled);
      if (ranked[0]) proposal[field] = { column: ranked[0].column, why: byName ? 'its name' : 'its values' };
    }
  }
  return proposal;
}

/** What no values of this field are like, whatever the column is called. */
const fits: Readonly<Record<Field, (column: ColumnProfile, byName: boolean) => boolean>> = {
  id: ({ unique, filled, words: count, lists }, byName) =>
    lists === 0 && unique > (byName ? 0.9 : 0.999) && filled > 0.98 && count < 2,
  title: ({ urls, numbers, length, lists }, byName) =>
    lists === 0 && urls < 0.5 && (byName || numbers < 0.5) && length < 200,
  text: ({ urls, lists }) => lists === 0 && urls < 0.5,
  aliases: () => true,
  url: ({ urls, lists }) => lists === 0 && urls > 0.5,
  world: ({ unique, lists }) => lists === 0 && unique < 0.5,
};

/** A name that is the word counts most, then one that ends with it: "product_name", "nameDe". */
function nameScore(name: string, field: Field): number {
  const parts = name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '');
  const known = wordsOf.get(field)!;
  if (known.includes(parts.join(''))) return 4 - known.indexOf(parts.join('')) / 100;
  if (known.includes(parts.at(-1) ?? '')) return 3;
  if (parts.some((part) => known.includes(part))) return 2;
  return known.some((word) => word.length >= 4 && parts.at(-1)?.endsWith(word)) ? 1 : 0; // "Produktname"
}

function valueScore({ unique, filled, length, words: count, numbers, urls }: ColumnProfile, field: Field): number {
  switch (field) {
    case 'id':
      return length <= 40 && urls === 0 ? unique / length : 0;
    case 'title':
      return length <= 80 && count <= 8 && filled > 0.9 ? unique : 0;
    case 'text':
      return count >= 4 && numbers < 0.5 ? length : 0;
    case 'url':
      return urls;
    default:
      return 0; // aliases and worlds are not told from other words by what they look like
  }
}
