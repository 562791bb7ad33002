/** Who holds a claim in the database: a process of a machine, so that a claim of one that has died can be taken over. */
import { machine } from '../machine/machine.ts'

/** "host/pid/uuid", never the same twice. */
export function newHolder(): string {
  const { host, processId, uuid } = machine()
  return `${host}/${processId}/${uuid()}`
}

/** Of each process, its holders whose work is over, also where a lost connection kept them from giving back what they held. */
const over = new WeakMap<ReturnType<typeof machine>, Set<string>>()

/** What it held may be taken at once by this process, as that of a process that has died. */
export function endHolder(holder: string): void {
  const ended = over.get(machine()) ?? new Set()
  over.set(machine(), ended.add(holder))
}

/** False only for a process of this very machine that no longer exists, or for work of this one that is over. */
export function isAlive(holder: string): boolean {
  if (over.get(machine())?.has(holder) === true) return false
  const [host, processId] = holder.split('/')
  return host !== machine().host || machine().isAlive(Number(processId))
}

/** Further ahead than any claim reaches. What reaches further was made while a clock was wrong, and would last for years. */
const FURTHEST_MS = 3_600_000

/**
 * Whether a claim on a book or a row still counts: its time is not over, and whoever made it may be alive. Taken from one
 * that lives, it does no harm: every commit under it asks whether it is still theirs. (The renewal of a grant is no such
 * claim: a vendor gives each grant up after its first renewal.)
 */
export function isClaimed(holder: string, untilMs: number, nowMs: number): boolean {
  return untilMs > nowMs && untilMs <= nowMs + FURTHEST_MS && isAlive(holder)
}
