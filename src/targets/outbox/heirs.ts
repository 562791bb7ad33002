/** Which rows of a chunk find their entry among those of a book that was taken over: read once a pass, and only then. */
import type { RemoteEntry } from '../entry.ts'
import { markOf } from '../book-mark.ts'
import { isThere } from '../compare-entries.ts'
import { takenOverIds } from './words.ts'
import { firstDayToSend, listFrom } from './first-look.ts'
import { inherit, type Heir, type Inherited } from './inherit.ts'
import type { Patience, Stop } from './pause.ts'
import { knownEntries } from './suspects.ts'
import { outboxOf, type Work } from './work.ts'

export type Heirs =
  { readonly ok: true; readonly value: ReadonlyMap<string, Inherited> } | { readonly ok: false; readonly stop: Stop }

/** Asked with the rows of a chunk, in the order of sealing. */
export type FindHeirs = (heirs: readonly Heir[]) => Promise<Heirs>

/** Entries of a lost database do not grow, so one list serves the whole pass; what was adopted since is left out anew. */
export function createHeirs(work: Work, patience: Patience): FindHeirs {
  let theirs: readonly RemoteEntry[] | null = null
  return async (heirs) => {
    if (theirs === null) {
      const read = await readTheirs(work, patience)
      if (!read.ok) return read
      theirs = read.value
    }
    if (theirs.length === 0) return { ok: true, value: new Map() }
    const known = await knownEntries(work, theirs)
    const free = theirs.filter(({ remoteId }) => !known.has(remoteId))
    return { ok: true, value: inherit(heirs, free) }
  }
}

async function readTheirs(work: Work, patience: Patience) {
  const ids = await takenOverIds(work.kysely, outboxOf(work))
  const from = ids.size === 0 ? null : await firstDayToSend(work)
  if (from === null) return { ok: true, value: [] } as const
  const listed = await listFrom(work, patience, from)
  if (!listed.ok) return listed
  const value = listed.value.filter((each) => isThere(each) && ids.has(markOf(each) ?? ''))
  return { ok: true, value } as const
}
