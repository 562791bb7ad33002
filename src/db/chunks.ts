/** Reading by many keys: both engines limit how many a statement may name, and a list without a limit is a bug in waiting. */

const KEYS_PER_QUERY = 500

/** What `read` finds for all keys, in the order of the keys' chunks. Asks nothing when there are none. */
export async function readInChunks<K, R>(
  keys: readonly K[],
  read: (some: readonly K[]) => Promise<readonly R[]>,
): Promise<readonly R[]> {
  const found: R[] = []
  for (let at = 0; at < keys.length; at += KEYS_PER_QUERY) {
    for (const each of await read(keys.slice(at, at + KEYS_PER_QUERY))) found.push(each)
  }
  return found
}
