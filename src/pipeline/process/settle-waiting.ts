/** Matches that could not be booked when they were made, for want of a rate: asked again every night. */
import { setPosts } from '../../evidence/matches.ts'
import { sql } from 'kysely'
import { matchesById } from '../../evidence/read-matches.ts'
import type { Work } from './apply-matching.ts'
import { itemsById, linesById } from './match-pool.ts'
import { legKey, postsOfLegs } from './settle-matches.ts'

export async function settleWaiting(work: Work): Promise<void> {
  const { context, rates } = work
  const { db, book } = context
  const waiting = await db
    .selectFrom('match_leg as l')
    .innerJoin('match_group as g', (join) => join.onRef('g.book', '=', 'l.book').onRef('g.id', '=', 'l.match'))
    .select('l.match')
    .distinct()
    .where('l.book', '=', book)
    .where('l.side', '=', sql.lit('line'))
    .where('l.posts', 'is', null)
    .where('g.status', '=', 'active')
    .orderBy('l.match')
    .execute()
  for (const match of await matchesById(
    db,
    book,
    waiting.map((row) => row.match),
  )) {
    const of = (side: 'line' | 'item'): bigint[] => match.legs.filter((leg) => leg.side === side).map(({ ref }) => ref)
    const lines = new Map((await linesById(context, of('line'))).map((line) => [String(line.id), line]))
    const items = new Map((await itemsById(context, of('item'))).map((item) => [String(item.id), item]))
    const posts = postsOfLegs(match, { lines, items }, rates)
    if (!posts.ok) {
      work.unsettled.push({ match: match.id, legs: match.legs, lack: posts.lack, reason: posts.reason })
      continue
    }
    for (const leg of match.legs) {
      const posted = posts.posts.get(legKey(leg))
      if (leg.posts !== null || posted === undefined) continue
      await setPosts(db, book, match.id, { side: leg.side, ref: leg.ref, posts: posted })
      if (leg.side === 'line') work.touched.add(leg.ref)
    }
  }
}
