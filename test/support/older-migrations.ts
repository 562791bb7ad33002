/** The migrations of an older version, in a folder of their own, to make a database as that version left it. */
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/db/migration-files.ts'
import { newFolder } from './databases.ts'

/** `last` is the number of its newest: "0003". */
export function olderMigrations(last: string): string {
  const folder = join(newFolder(), 'migrations')
  cpSync(join(packageRoot(), 'migrations'), folder, { recursive: true })
  for (const file of readdirSync(folder)) if (file.slice(0, 4) > last) rmSync(join(folder, file), { recursive: true })
  return folder
}
