/** Bugs in how the program lives with its database: leases, repeated transactions, what is recovered after a crash. */
import type { Planted } from './planted.ts'

export const OF_DATABASES: readonly Planted[] = [
  {
    name: 'lease-not-asked-when-landing',
    kind: 'lease',
    file: 'pipeline/run-context.ts',
    find: 'await renewLease(trx, lease)\n    return work(trx)',
    instead: 'return work(trx)',
  },
  {
    name: 'lease-not-asked-when-processing',
    kind: 'lease',
    file: 'pipeline/run-context.ts',
    find: 'first: (trx) => renewLease(trx, lease), also',
    instead: 'first: async () => undefined, also',
  },
  {
    name: 'lease-renewed-for-another',
    kind: 'lease',
    file: 'pipeline/lease.ts',
    find: ".where('book', '=', lease.book)\n    .where('holder', '=', lease.holder)\n    .executeTakeFirst()",
    instead: ".where('book', '=', lease.book)\n    .executeTakeFirst()",
  },
  {
    name: 'mark-not-read-after-lost-commit',
    kind: 'retry',
    file: 'db/repeating.ts',
    find: 'const isKept = await this.#parts.isKept(mark)',
    instead: 'const isKept = false',
  },
  {
    name: 'lost-commit-taken-for-kept',
    kind: 'fault path',
    file: 'db/repeating.ts',
    find: 'if (!isKept) throw error',
    instead: '',
  },
  {
    name: 'settings-of-an-undone-batch-kept',
    kind: 'retry',
    file: 'pipeline/process/process-batch.ts',
    find: 'return { inForce, result }',
    instead: 'processor.inForce = inForce\n      return { inForce, result }',
  },
  {
    name: 'rollback-forgotten',
    kind: 'fault path',
    file: 'db/repeating.ts',
    find: 'await this.#parts.driver.rollbackTransaction(this.#inner)',
    instead: '',
  },
  {
    name: 'conflict-not-repeated',
    kind: 'retry',
    file: 'db/trouble.ts',
    find: "['40001', CONFLICT],",
    instead: '',
  },
  {
    name: 'standby-not-waited-for',
    kind: 'fault path',
    file: 'db/trouble.ts',
    find: "['25006', READ_ONLY],",
    instead: '',
  },
  {
    name: 'last-landed-batch-not-recovered',
    kind: 'fault path',
    file: 'pipeline/run-context.ts',
    find: 'while (done < landed) {',
    instead: 'while (done + 1 < landed) {',
  },
  {
    name: 'position-moved-before-the-rest-is-asked',
    kind: 'fault path',
    file: 'pipeline/run-context.ts',
    find: 'write.position !== undefined && !leadsOn(result)',
    instead: 'write.position !== undefined',
  },
  {
    name: 'landed-batch-read-backwards',
    kind: 'fault path',
    file: 'evidence/landing.ts',
    find: ".orderBy('item')\n    .execute()\n  return rows.map((row) => ({\n    batch,",
    instead: ".orderBy('item', 'desc')\n    .execute()\n  return rows.map((row) => ({\n    batch,",
  },
]
