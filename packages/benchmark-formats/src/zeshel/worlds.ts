/** Zeshel's worlds, in the order of BLINK's world ids 0 to 15 (blink/biencoder/zeshel_utils.py). */
export const zeshelWorlds = {
  train: [
    'american_football',
    'doctor_who',
    'fallout',
    'final_fantasy',
    'military',
    'pro_wrestling',
    'starwars',
    'world_of_warcraft',
  ],
  valid: ['coronation_street', 'muppets', 'ice_hockey', 'elder_scrolls'],
  test: ['forgotten_realms', 'lego', 'star_trek', 'yugioh'],
} as const;

const ranks = new Map<string, number>(
  Object.values(zeshelWorlds)
    .flat()
    .map((world, rank) => [world, rank]),
);

/** Sorts the names of worlds as BLINK reports them; other worlds come after, by name. */
export function compareWorlds(a: string, b: string): number {
  const [left = ranks.size, right = ranks.size] = [ranks.get(a), ranks.get(b)];
  return left - right || (a < b ? -1 : Number(a > b));
}
