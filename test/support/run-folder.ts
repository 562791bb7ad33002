/**
 * Where a test run keeps all it writes: databases, compiled programs, temporary folders. In memory where there is room,
 * since a disk takes most of the time that making thousands of databases takes.
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'

const IN_MEMORY = '/dev/shm'
/** Several times what a whole run holds at once. */
const ROOM_BYTES = 6 * 1024 ** 3

export function newRunFolder(): string {
  const inMemory = hasRoom()
  if (inMemory) removeLeftovers()
  const folder = mkdtempSync(join(inMemory ? IN_MEMORY : tmpdir(), `tieout-run-${process.pid}-`))
  // PostgreSQL may run as a user of its own, which has to reach its data inside.
  chmodSync(folder, 0o755)
  return folder
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    return bavail * bsize > ROOM_BYTES && freemem() > ROOM_BYTES
  } catch {
    // Not Linux.
    return false
  }
}

/** A run that was killed could not tidy up, and what it left takes memory until the machine restarts. */
function removeLeftovers(): void {
  for (const name of readdirSync(IN_MEMORY)) {
    const [, pid] = /^tieout-run-(\d+)-/.exec(name) ?? []
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue
    rmSync(join(IN_MEMORY, name), { recursive: true, force: true })
  }
}
