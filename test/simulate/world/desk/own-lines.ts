/** Stories of lines that need no other side: what a rule names, what is private, and what nobody can explain. */
import type { Books } from '../../oracles/books.ts'
import {
  bankOf,
  counterSite,
  lineId,
  matchesOf,
  openings,
  settledBy,
  statements,
  vendor,
  type Scene,
  type Story,
} from './story.ts'

/** A charge that a rule knows, a private payment, and a sum that is given up; each may be taken back and said again. */
export function ownLines(scene: Scene): Story {
  const { name, cents, day, decidedDay, isTakenBack } = scene
  const [whole, part] = cents
  const bank = `${name}-bank`
  const charge = { day, text: 'MONTHLY FEE', cents: -part }
  const own = { day, text: 'COFFEE CORNER', cents: -part - 1 }
  const lost = { day, text: 'OFFICE SUPPLY', cents: -whole }
  const of = (line: typeof charge) => ({
    side: 'line' as const,
    id: (books: Books): string | null => lineId(books, bank, line),
  })
  const settled = (line: typeof charge, as: readonly string[]) => (books: Books) => {
    const id = lineId(books, bank, line)
    return id === null
      ? null
      : ['reconcile', as[0] ?? '', ...(as[1] === '--line' ? ['--line', id] : [id, ...as.slice(1)])]
  }
  const against = (line: typeof charge, account: string) =>
    ({
      ...line,
      account: bank,
      outcomes: [{}, { '1000 USD': line.cents, [account]: -line.cents }],
    }) as const
  const rule = '{ contains: MONTHLY FEE, means: bank-charge }'
  return {
    config: {
      ...vendor(scene, 'publisher'),
      accounts: [`${bankOf(scene, null)}\nrules: [${rule}]`],
    },
    sites: counterSite(scene, 'publisher'),
    acts: [openings(scene), ...statements(scene, bank, [{ day, lines: [charge, own, lost] }])],
    words: [
      settledBy(scene, of(charge), { byHand: false, words: settled(charge, ['settle', '--as', 'bank-charge']) }),
      settledBy(scene, of(lost), { byHand: true, words: settled(lost, ['write-off', '--line']) }),
      {
        fromDay: decidedDay,
        argv: (books) => {
          const id = lineId(books, bank, own)
          if (id === null) return null
          const matches = matchesOf(books, 'line', id)
          const standing = matches.find(({ status }) => status !== 'undone')
          if (standing === undefined) return ['reconcile', 'ignore', id]
          return isTakenBack && matches.length === 1 ? ['reconcile', 'unmatch', standing.id] : null
        },
      },
    ],
    wants: [against(charge, '6110 USD'), against(lost, '6950 USD'), { ...own, account: bank, outcomes: [{}] }],
  }
}
