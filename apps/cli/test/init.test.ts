import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openEntitySource } from '@referent/knowledge-base';
import { describe, expect, it } from 'vitest';
import { referent, temporaryFolder } from './run-cli.js';

interface Proposal {
  readonly columns: Record<string, string>;
  readonly conversion: string[];
  readonly command: string[];
}

async function propose(name: string, content: string | Buffer) {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, name), content);
  const { code, stdout, stderr } = await referent(['init', name, '--json'], { cwd });
  expect(code, stderr).toBe(0);
  return { cwd, ...(JSON.parse(stdout) as Proposal) };
}

/** What `build` reads with the command that was proposed. */
async function readAsProposed({ cwd, command }: { cwd: string; command: string[] }) {
  const build = command.at(-1)!;
  const option = (name: string) => new RegExp(`--${name} '?([^' ]+( [^' -]+)*)'?`).exec(build)?.[1];
  const columns =
    option('columns') &&
    Object.fromEntries(
      option('columns')!
        .split(',')
        .map((part) => part.split('=')),
    );
  const source = await openEntitySource(join(cwd, option('entities')!), {
    ...(columns && { columns }),
    ...(option('entities-format') && { format: option('entities-format') as 'csv' }),
  });
  const entities = [];
  for await (const { entity, problem } of source.read())
    entities.push(problem?.severity === 'error' ? problem : entity);
  return entities;
}

const lamp = 'A brass reading lamp with a weighted base.';
const shelf = 'A wall shelf for books, oak or white.';

describe('init', () => {
  it.each([
    [
      'as they should be',
      'a.jsonl',
      `{"id":1,"title":"Lamp","text":"${lamp}"}\n{"id":2,"title":"Shelf","text":"x"}`,
      '',
    ],
    [
      'of a shop',
      'a.csv',
      `sku,price,product_name,long_description\n1,3.50,Lamp,"${lamp}"\n2,4,Shelf,"${shelf}"\n`,
      'id=sku,title=product_name,text=long_description',
    ],
    [
      'in German',
      'a.tsv',
      `Kennung\tProduktname\tBeschreibung\n1\tLamp\t${lamp}\n2\tShelf\t${shelf}\n`,
      'id=Kennung,title=Produktname,text=Beschreibung',
    ],
    [
      'in French, gzipped',
      'a.csv.gz',
      gzipSync(`Nom,Définition,Identifiant\nLamp,"${lamp}",1\nShelf,"${shelf}",2\n`),
      'id=Identifiant,title=Nom,text=Définition',
    ],
    [
      'in Spanish, by tabs, with a wrong name',
      'a.csv',
      `Código\tNombre\tDescripción\n1\tLamp\t${lamp}\n2\tShelf\t${shelf}\n`,
      'id=Código,title=Nombre,text=Descripción',
    ],
    [
      'with names that say nothing',
      'a.csv',
      `c1,c2,c3\n1,Lamp,"${lamp}"\n2,Shelf,"${shelf}"\n`,
      'id=c1,title=c2,text=c3',
    ],
    [
      'without an id, and titles of their own',
      'a.csv',
      `name,gloss\nLamp,"${lamp}"\nShelf,"${shelf}"\n`,
      'id=name,title=name,text=gloss',
    ],
    [
      'of another shop, as JSON',
      'a.jsonl',
      `{"sku":1,"name":"Lamp","details":"${lamp}"}\n{"sku":2,"name":"Shelf","details":"${shelf}"}`,
      'id=sku,title=name,text=details',
    ],
  ])('proposes columns for entities %s, which build accepts', async (_, name, content, columns) => {
    const proposal = await propose(name, content);
    expect(proposal.conversion).toEqual([]);
    expect(proposal.command).toHaveLength(1);
    expect(/--columns '?([^']+?)'? --out/.exec(proposal.command[0]!)?.[1] ?? '').toBe(columns);
    expect(await readAsProposed(proposal)).toMatchObject([{ title: 'Lamp', text: lamp }, { title: 'Shelf' }]);
  });

  it.each([
    ['semicolons', `sku;name;text;synonyms;web\n1;Lamp;${lamp};Light, Lantern;https://example.org/1\n2;Shelf;x;;\n`],
    [
      'no id and titles that repeat',
      `name,text,aliases,url\nLamp,"${lamp}","Light, Lantern",https://example.org/1\nShelf,x,,\nLamp,y,,\n`,
    ],
  ])('converts what build cannot read: %s', async (_, content) => {
    const proposal = await propose('a.csv', content);
    expect(proposal.conversion).not.toEqual([]);
    const [first, second] = proposal.command;
    expect(second).toBe('referent build --entities a.entities.jsonl --out a.kb');
    const { cwd } = proposal;
    const converting = first!.split(' ').slice(1);
    expect(await referent(converting, { cwd })).toMatchObject({ code: 0 });
    const aliases = ['Light', 'Lantern'];
    const [entity] = await readAsProposed(proposal);
    expect(entity).toMatchObject({ id: '1', title: 'Lamp', text: lamp, aliases, url: 'https://example.org/1' });
    const again = await referent(converting, { cwd });
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') });
    expect(await readFile(join(cwd, 'a.entities.jsonl'), 'utf8')).toContain('Lantern');
  });

  it('shows a person what it found, and quotes for the shell', async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "my 'list'.csv"), `sku,name,price\n1,Lamp,3\n2,Shelf,4\n`);
    const { stdout } = await referent(['init', "my 'list'.csv"], { cwd });
    expect(stdout).toMatch(/id +sku +by its name +1\n/);
    expect(stdout).toMatch(/- +price +3\n/);
    expect(stdout).toContain(`referent build --entities 'my '\\''list'\\''.csv' --columns id=sku,title=name --out`);
  });

  it.each([
    ['nothing', 'a.csv', '', 1, 'INIT_NO_RECORDS'],
    ['only a header', 'a.csv', 'id,title\n', 1, 'INIT_NO_RECORDS'],
    ['no names', 'a.csv', 'a,b\n1,2\n3,4\n', 1, 'INIT_NO_TITLE'],
    ['one JSON list', 'a.json', '[{"id": 1}]', 2, 'one JSON object per line'],
    ['an open quote', 'a.csv', `id,name\n1,"Lamp\n`, 2, 'Correct its quotes'],
  ])('says what is wrong with a file of %s', async (_, name, content, code, words) => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, name), content);
    expect(await referent(['init', name], { cwd })).toMatchObject({ code, stderr: expect.stringContaining(words) });
  });

  it('says how many lines a conversion left out', async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, 'a.jsonl'), '{"name": "Lamp", "aliases": "a;b"}\nnonsense\n\n[]\n');
    const { code, stderr } = await referent(['init', 'a.jsonl', '--write', 'b.jsonl'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '! 2 lines held no JSON object and were left out.\n' });
    expect(await readFile(join(cwd, 'b.jsonl'), 'utf8')).toBe('{"id":"Lamp","title":"Lamp","aliases":["a","b"]}\n');
  });

  it('says where it cannot write', async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, 'a.csv'), 'id,title\n1,Lamp\n');
    const { code, stderr } = await referent(['init', 'a.csv', '--write', 'none/b.jsonl'], { cwd });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('INIT_NOT_WRITABLE') as string });
  });
});
