/** A migrated SQLite file to copy: named by the environment, so that every worker process finds it. */
import { copyFileSync, existsSync } from 'node:fs'

export const SQLITE_TEMPLATE_VARIABLE = 'TIEOUT_TEST_SQLITE_TEMPLATE'

/** Puts the migrated database where `url` says, unless something is there already. */
export function copySqliteTemplate(url: string): void {
  const template = process.env[SQLITE_TEMPLATE_VARIABLE]
  const path = url.replace('sqlite:', '')
  if (template !== undefined && !existsSync(path)) copyFileSync(template, path)
}
