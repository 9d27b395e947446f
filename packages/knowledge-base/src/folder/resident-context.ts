import type { IndexNote } from './index-note.js';
import type { IndexContext, IndexResidence } from './index-provider.js';
import { residenceFolder } from './manifest.js';

type Given = Omit<IndexContext, 'backend' | 'settings' | 'residence'>;

/** What a backend is told of an index that has a note: how it was made, and where it is. */
export function residentContext<How extends Partial<Given>>(
  path: string,
  { backend, settings, name, where, model }: IndexNote,
  how: How,
): How & Pick<IndexContext, 'backend' | 'settings'> & { readonly residence: IndexResidence } {
  const label = `referent index ${name}, model ${model.hash}`;
  return { ...how, backend, settings, residence: { name, where, folder: residenceFolder(path), label } };
}
