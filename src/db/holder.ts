/** Who holds a claim in the database: a process of a machine, so that a claim of one that has died can be taken over. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

/** "host/pid/uuid", never the same twice. */
export function newHolder(): string {
  return `${hostname()}/${process.pid}/${randomUUID()}`
}

/** False only for a process of this very machine that no longer exists. */
export function isAlive(holder: string): boolean {
  const [host, pid] = holder.split('/')
  if (host !== hostname()) return true
  try {
    process.kill(Number(pid), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
