/** At the end of a run the program proves its books, and is shown that it would see what is wrong with them. */
import { createRandom } from '../../src/sandbox/world/random.ts'
import { merge } from './coverage.ts'
import { tamper } from './oracles/tampered.ts'
import { type, type Running } from './running.ts'

/** The program proves the whole book, and derives it again from what was landed. */
export async function prove(running: Running, book: string): Promise<void> {
  await type(running, book, { argv: ['ledger', 'verify'], allowed: [0] })
  if (!running.plan.replays) return
  await type(running, book, { argv: ['ledger', 'replay', '--into', `sqlite:replay-${book}.db`], allowed: [0] })
}

/** What `ledger verify` says is worth something only if it would say otherwise. The books are as before afterwards. */
export async function proveSight(running: Running): Promise<void> {
  const { plan, homes, computer, deployment, findings, coverage } = running
  if (plan.tampers !== true || plan.database === 'postgres') return
  const { databaseUrl } = deployment
  const whole = computer.files.copy(databaseUrl)
  const done = tamper(computer.files.rawOf(databaseUrl, ''), createRandom(plan.seed, 'tampered'))
  if (done !== null) {
    merge(coverage, [[`tampered ${done}`, 1]])
    const exits: (number | null)[] = []
    for (const { book } of homes)
      exits.push((await type(running, book.name, { argv: ['ledger', 'verify'], allowed: [0, 1] })).exitCode)
    if (exits.every((exitCode) => exitCode === 0))
      findings.push({ oracle: 'verify-blind', says: `ledger verify finds nothing, after somebody had ${done}` })
  }
  computer.files.restore(databaseUrl, whole)
}
