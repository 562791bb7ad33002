/** Stories of payouts that come back, or seem to. */
import { owes, publisher, received, stated, textOf } from './publisher.ts'
import { evidence, lineId, matchesOf, openings, OWED_CENTS, statements, type Scene, type Story } from './story.ts'

/** It arrives, and the bank sends it back: it is owed again. */
export function bounced(scene: Scene): Story {
  const { name, cents, day, laterDay } = scene
  const [whole] = cents
  const lines = [
    { day, text: textOf(scene), cents: whole },
    { day: laterDay, text: textOf(scene, 'RETURN'), cents: -whole },
  ] as const
  return publisher(scene, {
    acts: [
      openings(scene),
      evidence(scene, day, [stated(scene, whole)]),
      ...statements(scene, `${name}-bank`, [
        { day, lines: [lines[0]] },
        { day: laterDay, lines: [lines[1]] },
      ]),
    ],
    wants: lines.map((line) => received(scene, line)),
    holds: owes(scene, OWED_CENTS),
  })
}

/** The network says that it came back before the bank's statements show that it had been there. */
export function bouncedLate(scene: Scene): Story {
  const { name, cents, reference, day, laterDay } = scene
  const [whole] = cents
  const lines = [
    { day, text: textOf(scene, reference), cents: whole },
    { day: laterDay, text: textOf(scene, reference), cents: -whole },
  ] as const
  return publisher(scene, {
    acts: [
      openings(scene),
      evidence(scene, day, [stated(scene, whole), [day, name, 'payout-returned', whole, reference]]),
      ...statements(scene, `${name}-bank`, [
        { day, lines: [lines[0]] },
        { day: laterDay, lines: [lines[1]] },
      ]),
    ],
    wants: lines.map((line) => received(scene, line)),
    holds: owes(scene, OWED_CENTS),
  })
}

/** The bank booked somebody else's return on this account: what a rule takes for one is none, and a person says so. */
export function bankError(scene: Scene): Story {
  const { name, cents, day, laterDay } = scene
  const [whole] = cents
  const bank = `${name}-bank`
  const paid = { day, text: textOf(scene), cents: whole }
  const wrong = { day: laterDay, text: textOf(scene, 'RETURN'), cents: -whole }
  const taken = { '1000 USD': -whole, '1110 USD': whole }
  return publisher(scene, {
    acts: [
      openings(scene),
      evidence(scene, day, [stated(scene, whole)]),
      ...statements(scene, bank, [
        { day, lines: [paid] },
        { day: laterDay, lines: [wrong] },
      ]),
    ],
    words: [
      {
        fromDay: laterDay,
        argv: (books) => {
          const id = lineId(books, bank, wrong)
          if (id === null) return null
          const standing = matchesOf(books, 'line', id).find(({ status }) => status !== 'undone')
          if (standing === undefined) return ['reconcile', 'ignore', id]
          return standing.step === 'ignored' ? null : ['reconcile', 'unmatch', standing.id]
        },
      },
    ],
    wants: [received(scene, paid), { ...wrong, account: bank, outcomes: [taken, {}] }],
    holds: owes(scene, OWED_CENTS - whole),
  })
}
