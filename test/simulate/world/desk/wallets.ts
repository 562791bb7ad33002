/** Stories of an advertiser's wallet: top-ups in one charge, money paid back, a reference that says nothing, a closed account. */
import {
  bankOf,
  counterSite,
  evidence,
  itemId,
  lineId,
  openings,
  OWED_CENTS,
  settledBy,
  statements,
  vendor,
  type EvidenceRow,
  type Scene,
  type Story,
} from './story.ts'

function advertiser(scene: Scene, rest: Omit<Story, 'config' | 'sites'>): Story {
  return {
    config: { ...vendor(scene, 'advertiser'), accounts: [bankOf(scene, 'top-up')] },
    sites: counterSite(scene, 'advertiser'),
    ...rest,
  }
}

function textOf({ name }: Scene, more = ''): string {
  return `PAYELANCER ADS ${name.toUpperCase()}${more === '' ? '' : ` ${more}`}`
}

/** Two top-ups of one day, and the card is charged once. */
export function inOne(scene: Scene): Story {
  const { name, cents, reference, day } = scene
  const bank = `${name}-bank`
  const [first, second] = cents
  const line = { day, text: textOf(scene), cents: -first - second }
  const rows: readonly EvidenceRow[] = [
    [day, name, 'top-up', first, `${reference}A`],
    [day, name, 'top-up', second, `${reference}B`],
  ]
  return advertiser(scene, {
    acts: [openings(scene), evidence(scene, day, rows), ...statements(scene, bank, [{ day, lines: [line] }])],
    words: [
      settledBy(
        scene,
        { side: 'line', id: (books) => lineId(books, bank, line) },
        {
          byHand: false,
          words: (books) => {
            const id = lineId(books, bank, line)
            const items = rows.map(([, , , , each]) => itemId(books, name, `top-up:${each}`))
            return id === null || items.includes(null)
              ? null
              : ['reconcile', 'match', id, '--item', ...items.map(String)]
          },
        },
      ),
    ],
    wants: [{ ...line, account: bank, outcomes: [{}, { '1000 USD': line.cents, '1070 USD': -line.cents }] }],
    holds: [{ account: `1300:${name}`, cents: OWED_CENTS + first + second }],
  })
}

/** What was left of it goes back to the card. */
export function paidBack(scene: Scene): Story {
  const { name, cents, reference, day, laterDay } = scene
  const [, part] = cents
  const bank = `${name}-bank`
  const line = { day: laterDay, text: textOf(scene, 'REFUND'), cents: part }
  return advertiser(scene, {
    acts: [
      openings(scene),
      evidence(scene, day, [[laterDay, name, 'wallet-refund', part, reference]]),
      ...statements(scene, bank, [{ day: laterDay, lines: [line] }]),
    ],
    wants: [{ ...line, account: bank, outcomes: [{}, { '1000 USD': part, '1070 USD': -part }] }],
    holds: [{ account: `1300:${name}`, cents: OWED_CENTS - part }],
  })
}

/** The vendor prints one number on all its receipts; a person says that both are payments. */
export function sameReference(scene: Scene): Story {
  const { name, cents, reference, day } = scene
  const [first, second] = cents
  return advertiser(scene, {
    acts: [
      openings(scene),
      evidence(scene, day, [
        [day, name, 'top-up', first, reference],
        [day, name, 'top-up', second, reference],
      ]),
    ],
    decide: ({ code, source, number }) =>
      code === 'DUPLICATE' && source === name
        ? ['exceptions', 'resolve', `E-${number}`, '--as', 'not-a-duplicate']
        : null,
    holds: [{ account: `1300:${name}`, cents: OWED_CENTS + first + second }],
  })
}

/** The vendor blocked the account; what it holds is lost. */
export function forfeited(scene: Scene): Story {
  const { name, cents, reference, day } = scene
  const [, part] = cents
  return advertiser(scene, {
    acts: [openings(scene), evidence(scene, day, [[day, name, 'wallet-forfeited', part, reference]])],
    holds: [{ account: `1300:${name}`, cents: OWED_CENTS - part }],
  })
}

/** A day's spending that the vendor's own page tells of, before its counter was ever read. */
export function spentBefore(scene: Scene): Story {
  const { name, cents, isListed } = scene
  const [, part] = cents
  const rows: EvidenceRow[] = [
    [-3, name, 'opening-balance', OWED_CENTS, ''],
    ...(isListed ? ([[-3, name, 'opening-counter', OWED_CENTS, '']] as const) : []),
    [-2, name, 'day-spent', part, ''],
  ]
  return {
    config: vendor(scene, 'advertiser'),
    sites: counterSite(scene, 'advertiser', OWED_CENTS + part),
    acts: [evidence(scene, 0, rows)],
    holds: [{ account: `1300:${name}`, cents: OWED_CENTS - part }],
  }
}
