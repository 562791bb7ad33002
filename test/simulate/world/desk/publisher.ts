/** What stories of a publisher share: its payouts, what is owed, and the person who says which line is which payout. */
import type { Books } from '../../oracles/books.ts'
import {
  bankOf,
  counterSite,
  itemId,
  lineId,
  vendor,
  settledBy,
  type BankLine,
  type EvidenceRow,
  type Scene,
  type Story,
  type Want,
  type Word,
} from './story.ts'

/** A dollar a euro: what the desk's rates say of every day. */
export const RATE = 1.084

export function publisher(
  scene: Scene,
  rest: Omit<Story, 'config' | 'sites'>,
  accounts: readonly string[] = [],
): Story {
  return {
    config: { ...vendor(scene, 'publisher'), accounts: [bankOf(scene, 'payout'), ...accounts] },
    sites: counterSite(scene, 'publisher'),
    ...rest,
  }
}

export function stated({ day, name, reference }: Scene, cents: number): EvidenceRow {
  return [day, name, 'payout', cents, reference]
}

export function textOf({ name }: Scene, more = ''): string {
  return `PAYELANCER ${name.toUpperCase()}${more === '' ? '' : ` ${more}`}`
}

/** All of it arrived and nothing is owed but what it owed before, less this. */
export function owes({ name }: Scene, cents: number): NonNullable<Story['holds']> {
  return [
    { account: `1110:${name}`, cents: 0 },
    { account: `1100:${name}`, cents },
  ]
}

export function received(scene: Scene, line: BankLine, against = line.cents): Want {
  const account = `${scene.name}-bank`
  return { ...line, account, outcomes: [{}, { '1000 USD': line.cents, '1110 USD': -against }] }
}

/** Its payout, by a person who had taken back what the program found. */
export function byHandOf(scene: Scene, line: BankLine, more: readonly string[], byHand = false): Word {
  const { name, reference } = scene
  const id = (books: Books): string | null => lineId(books, `${name}-bank`, line)
  const words = (books: Books): readonly string[] | null => {
    const [of, item] = [id(books), itemId(books, name, `payout:${reference}`)]
    return of === null || item === null ? null : ['reconcile', 'match', of, '--item', item, ...more]
  }
  return settledBy(scene, { side: 'line', id }, { byHand, words })
}
