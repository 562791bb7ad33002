/** Stories of payouts that arrive otherwise than they were announced: in parts, or less than all. */
import { byHandOf, owes, publisher, received, stated, textOf } from './publisher.ts'
import {
  bankOf,
  evidence,
  itemId,
  lineId,
  matchesOf,
  openings,
  statements,
  OWED_CENTS,
  settledBy,
  type Scene,
  type Story,
} from './story.ts'

/** The bank takes the fee of its price list. */
export function wireFee(scene: Scene): Story {
  const { name, cents, day } = scene
  const [whole] = cents
  const fee = 1500
  const line = { day, text: textOf(scene), cents: whole - fee }
  const bank = `${name}-bank`
  const taken = { '1000 USD': line.cents, '1110 USD': -whole, '6110 USD': fee }
  const { config, ...rest } = publisher(scene, {
    acts: [
      openings(scene),
      evidence(scene, day, [stated(scene, whole)]),
      ...statements(scene, bank, [{ day, lines: [line] }]),
    ],
    words: [byHandOf(scene, line, ['--difference', 'fee'])],
    wants: [{ ...line, account: bank, outcomes: [{}, taken] }],
    holds: owes(scene, OWED_CENTS - whole),
  })
  const account = `${bankOf(scene, 'payout')}\nfees: [{ name: wire, flat: '15' }]`
  return { ...rest, config: { ...config, accounts: [account] } }
}

/** One payout by two transfers that name it. */
export function inParts(scene: Scene): Story {
  const { name, cents, reference, day } = scene
  const [whole, part] = cents
  const lines = [part, whole - part].map((each) => ({ day, text: textOf(scene, reference), cents: each }))
  const bank = `${name}-bank`
  const [first = { day, text: '', cents: 0 }] = lines
  return publisher(scene, {
    acts: [openings(scene), evidence(scene, day, [stated(scene, whole)]), ...statements(scene, bank, [{ day, lines }])],
    words: [
      settledBy(
        scene,
        { side: 'line', id: (books) => lineId(books, bank, first) },
        {
          byHand: false,
          words: (books) => {
            const ids = lines.map((line) => lineId(books, bank, line))
            const item = itemId(books, name, `payout:${reference}`)
            if (item === null || ids.includes(null)) return null
            return ['reconcile', 'match', ...ids.map(String), '--item', item]
          },
        },
      ),
    ],
    wants: lines.map((line) => received(scene, line)),
    holds: owes(scene, OWED_CENTS - whole),
  })
}

/** A few cents of it are lost on the way; a person agrees to what is proposed. */
export function nearly(scene: Scene): Story {
  const { name, cents, day, decidedDay } = scene
  const [whole] = cents
  const lost = 1 + (whole % 5)
  const line = { day, text: textOf(scene), cents: whole - lost }
  const bank = `${name}-bank`
  const taken = { '1000 USD': line.cents, '1110 USD': -whole, '6900 USD': lost }
  return publisher(scene, {
    acts: [
      openings(scene),
      evidence(scene, day, [stated(scene, whole)]),
      ...statements(scene, bank, [{ day, lines: [line] }]),
    ],
    words: [
      {
        fromDay: decidedDay,
        argv: (books) => {
          const id = lineId(books, bank, line)
          const match =
            id === null ? undefined : matchesOf(books, 'line', id).find(({ status }) => status === 'proposed')
          return match === undefined ? null : ['reconcile', 'confirm', match.id]
        },
      },
    ],
    wants: [{ ...line, account: bank, outcomes: [{}, taken] }],
    holds: owes(scene, OWED_CENTS - whole),
  })
}

/** Somebody between took a fee that no setting knows. */
export function unknownFee(scene: Scene): Story {
  const { name, cents, day } = scene
  const [whole, part] = cents
  const fee = 1 + (part % 3000)
  const line = { day, text: textOf(scene), cents: whole - fee }
  const bank = `${name}-bank`
  // A wire's fee, as it came to a bank.
  const taken = { '1000 USD': line.cents, '1110 USD': -whole, '6110 USD': fee }
  return publisher(scene, {
    acts: [
      openings(scene),
      evidence(scene, day, [stated(scene, whole)]),
      ...statements(scene, bank, [{ day, lines: [line] }]),
    ],
    words: [byHandOf(scene, line, ['--difference', 'fee'], true)],
    wants: [{ ...line, account: bank, outcomes: [{}, taken] }],
    holds: owes(scene, OWED_CENTS - whole),
  })
}
