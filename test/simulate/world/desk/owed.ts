/** Stories of what a network owes: late, in another currency, told of by its pages alone, or lost for good. */
import { byHandOf, owes, publisher, RATE, received, stated, textOf } from './publisher.ts'
import {
  bankOf,
  counterSite,
  evidence,
  itemId,
  lineId,
  OPENING_CENTS,
  openings,
  vendor,
  statements,
  OWED_CENTS,
  settledBy,
  type EvidenceRow,
  type Scene,
  type Story,
} from './story.ts'

/** The network is gone, and with it what it had promised. */
export function neverComes(scene: Scene): Story {
  const { name, cents, reference, day } = scene
  const [, part] = cents
  const object = `payout:${reference}`
  return publisher(scene, {
    acts: [
      openings(scene),
      evidence(scene, day, [stated(scene, part)]),
      ...statements(scene, `${name}-bank`, [{ day, lines: [{ day, text: 'OFFICE SUPPLY', cents: -part - 1 }] }]),
    ],
    words: [
      settledBy(
        scene,
        { side: 'item', id: (books) => itemId(books, name, object) },
        {
          byHand: true,
          words: (books) => {
            const item = itemId(books, name, object)
            return item === null ? null : ['reconcile', 'write-off', '--item', item]
          },
        },
      ),
    ],
    holds: [...owes(scene, OWED_CENTS - part)],
  })
}

/** Promised a month ago, and here at last. */
export function overdue(scene: Scene): Story {
  const { name, cents, reference, laterDay } = scene
  const [whole] = cents
  const line = { day: laterDay, text: textOf(scene, reference), cents: whole }
  const old = -30
  return publisher(scene, {
    acts: [
      openings(scene, [[old + 2, name, 'payout', whole, reference]], old),
      ...statements(scene, `${name}-bank`, [
        { day: 0, lines: [{ day: old + 1, text: 'OFFICE SUPPLY', cents: -4999 }] },
        { day: laterDay, lines: [line] },
      ]),
    ],
    words: [byHandOf(scene, line, [])],
    wants: [received(scene, line)],
    holds: owes(scene, OWED_CENTS - whole),
  })
}

/** The network closed the account and keeps what it owed. */
export function closed(scene: Scene): Story {
  const { name, cents, reference, day } = scene
  const [, part] = cents
  return publisher(scene, {
    acts: [openings(scene), evidence(scene, day, [[day, name, 'account-lost', part, reference]])],
    holds: [{ account: `1100:${name}`, cents: OWED_CENTS - part }],
  })
}

/** A day that the network's own page tells of, before its counter was ever read, with what it held then or without. */
export function daysBefore(scene: Scene): Story {
  const { name, cents, isListed } = scene
  const [, part] = cents
  const rows: EvidenceRow[] = [
    [-3, name, 'opening-balance', OWED_CENTS, ''],
    ...(isListed ? ([[-3, name, 'opening-counter', OWED_CENTS, '']] as const) : []),
    [-2, name, 'day-earned', part, ''],
  ]
  return {
    config: { ...vendor(scene, 'publisher'), accounts: [bankOf(scene, 'payout')] },
    sites: counterSite(scene, 'publisher', OWED_CENTS + part),
    acts: [evidence(scene, 0, rows)],
    holds: [{ account: `1100:${name}`, cents: OWED_CENTS + part }],
  }
}

/** Paid in dollars, and received by an account in euros: a person says that both are one. */
export function abroad(scene: Scene): Story {
  const { name, cents, reference, day } = scene
  const [whole] = cents
  const bank = `${name}-euro`
  const euro = Math.round((whole * 0.985) / RATE)
  const line = { day, text: textOf(scene), cents: euro }
  // Valued to the last digit.
  const worth = euro * RATE
  const taken = {
    '1000 EUR': euro,
    '1065 EUR': -euro,
    '1065 USD': worth,
    '1110 USD': -whole,
    '6200 USD': whole - worth,
  }
  const euros = [`name: ${bank}`, 'type: bank', 'currency: EUR'].join('\n')
  const rest: Omit<Story, 'config' | 'sites'> = {
    acts: [
      openings(scene),
      evidence(scene, day, [stated(scene, whole)]),
      evidence(scene, 0, [[0, bank, 'opening-balance', OPENING_CENTS, '']], 'EUR'),
      ...statements(scene, bank, [{ day, lines: [line] }]),
    ],
    words: [
      settledBy(
        scene,
        { side: 'line', id: (books) => lineId(books, bank, line) },
        {
          byHand: true,
          words: (books) => {
            const id = lineId(books, bank, line)
            const item = itemId(books, name, `payout:${reference}`)
            return id === null || item === null ? null : ['reconcile', 'match', id, '--item', item]
          },
        },
      ),
    ],
    wants: [{ ...line, account: bank, currency: 'EUR', outcomes: [{}, taken] }],
    holds: owes(scene, OWED_CENTS - whole),
  }
  return publisher(scene, rest, [euros])
}
