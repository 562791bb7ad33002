/** Migrations: all or nothing, once, by one process at a time, and never over a database that is not theirs. */
import { appendFileSync, cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase, openReadOnly, type Database } from '../../src/db/database.ts'
import { migrationFiles, packageRoot } from '../../src/db/migration-files.ts'
import { migrate, requireMigrated } from '../../src/db/migrate.ts'
import { describeEmptyOnBothEngines, describeOnBothEngines } from '../support/both-engines.ts'
import { newFolder } from '../support/databases.ts'
import { runNode } from '../support/run-node.ts'

function copyOfMigrations(): string {
  const folder = join(newFolder(), 'migrations')
  cpSync(join(packageRoot(), 'migrations'), folder, { recursive: true })
  return folder
}

const nextNumber = (database: Database): string => String(migrationFiles(database.dialect).length + 1).padStart(4, '0')

describeOnBothEngines('migrating', (fresh) => {
  it('does nothing the second time', async () => {
    const database = await fresh()
    expect(await migrate(database, 1)).toEqual([])
    await requireMigrated(database)
  })

  it('applies what is new', async () => {
    const database = await fresh()
    const folder = copyOfMigrations()
    const name = `${nextNumber(database)}_extra`
    writeFileSync(
      join(folder, `${name}.sql`),
      "CREATE TABLE extra (\n  id INTEGER PRIMARY KEY,\n  said TEXT NOT NULL\n) STRICT;\n\nINSERT INTO extra VALUES (1, 'it');\n",
    )
    expect(await migrate(database, 1, folder)).toEqual([name])
    await expect(migrate(database, 1)).rejects.toMatchObject({ code: 'DATABASE_NEWER' })
  })

  it('leaves nothing of a script that fails half-way', async () => {
    const database = await fresh()
    const folder = copyOfMigrations()
    const file = join(folder, `${nextNumber(database)}_broken.sql`)
    writeFileSync(file, 'CREATE TABLE half (id INTEGER) STRICT;\nINSERT INTO nowhere VALUES (1);\n')
    await expect(migrate(database, 1, folder)).rejects.toMatchObject({ code: 'MIGRATION_FAILED' })
    writeFileSync(file, 'CREATE TABLE half (id INTEGER) STRICT;\n')
    expect(await migrate(database, 1, folder)).toHaveLength(1)
  })

  it('refuses a script that changed after it was applied', async () => {
    const database = await fresh()
    const folder = copyOfMigrations()
    appendFileSync(join(folder, '0001_schema.sql'), 'CREATE TABLE another (id INTEGER) STRICT;\n')
    await expect(migrate(database, 1, folder)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' })
  })

  it('refuses a gap in the numbers', async () => {
    const folder = copyOfMigrations()
    writeFileSync(join(folder, '0099_far.sql'), 'CREATE TABLE far (id INTEGER) STRICT;\n')
    await expect(migrate(await fresh(), 1, folder)).rejects.toMatchObject({ code: 'MIGRATION_GAP' })
  })

  it('refuses a database of before the first release', async () => {
    const database = await fresh()
    await database.kysely.updateTable('migration').set({ name: '0001_ledger' }).execute()
    await expect(migrate(database, 1)).rejects.toMatchObject({ code: 'DATABASE_UNKNOWN' })
    await expect(requireMigrated(database)).rejects.toMatchObject({ code: 'DATABASE_UNKNOWN' })
  })
})

describeEmptyOnBothEngines('an empty database', (freshUrl) => {
  it('is migrated once by two processes that start together', async () => {
    const url = await freshUrl()
    const program = `
      import { openDatabase } from ${JSON.stringify(join(packageRoot(), 'src/db/database.ts'))}
      import { migrate } from ${JSON.stringify(join(packageRoot(), 'src/db/migrate.ts'))}
      const database = await openDatabase(${JSON.stringify(url)})
      console.log((await migrate(database, 1)).length)
      await database.close()`
    const outputs = await Promise.all([runNode(program), runNode(program), runNode(program)])
    const database = await openDatabase(url)
    const { length } = migrationFiles(database.dialect)
    await database.close()
    expect(outputs.map(Number).sort((a, b) => a - b)).toEqual([0, 0, length])
  })

  it('is told from a migrated one by a handle that cannot write', async () => {
    const url = await freshUrl()
    await (await openDatabase(url)).close()
    const database = await openReadOnly(url)
    await expect(requireMigrated(database)).rejects.toMatchObject({ code: 'DATABASE_EMPTY' })
    await expect(migrate(database, 1)).rejects.toThrow()
    await database.close()
  })
})
