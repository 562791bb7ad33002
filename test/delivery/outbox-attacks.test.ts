/** What raw SQL can do to the outbox: the database refuses every way round the rules, and every gap in the history. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { OutboxState } from '../../src/domain/journals/outbox.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { bench, pass, states, verify, type Bench } from './support.ts'

const HASH = { sqlite: 'zeroblob(32)', postgres: `decode(repeat('00', 32), 'hex')` }

/** A row whose history says whatever the attack needs. */
const LINE = (from: OutboxState, to: OutboxState, n: string, by = 'null'): string =>
  `insert into outbox_attempt select book, target, journal, part, ${n}, 1, '${from}', '${to}', 'k', 'm', null, null, 'h', ${by} from outbox`

const QUEUED: readonly (readonly [string, readonly string[]])[] = [
  ['delivers without a history', [`update outbox set state = 'delivered', remote_id = '1', remote_version = '0'`]],
  [
    'delivers what was never claimed',
    [
      LINE('queued', 'delivered', '1'),
      `update outbox set state = 'delivered', remote_id = '1', remote_version = '0', history = 1`,
    ],
  ],
  ['claims without a history', [`update outbox set state = 'sending', holder = 'me', holder_until_ms = 9`]],
  ['claims without a holder', [LINE('queued', 'sending', '1'), `update outbox set state = 'sending', history = 1`]],
  ['writes of a state that there is not', [LINE('queued', 'sending', '1').replace(`'sending'`, `'gone'`)]],
  ['writes of having been what there is not', [LINE('queued', 'sending', '1').replace(`'queued'`, `'gone'`)]],
  ['skips a line of history', [LINE('queued', 'sending', '2')]],
  ['changes the number', [`update outbox set document = 'OTHER-1'`]],
  ['sends another journal part instead', ['update outbox set part = 2, parts = 2']],
  ['changes the target', [`update outbox set target = 'other'`]],
  ['uses a payload that is not there', ['update outbox set revision = 2']],
  ['skips keys', ['update outbox set generation = 3']],
  ['deletes a row', ['delete from outbox']],
  ['changes a body', [`update outbox_payload set body = 'x'`]],
  ['deletes a payload', ['delete from outbox_payload']],
  [
    'slips in a payload out of order',
    [
      `insert into outbox_payload select book, target, journal, part, 3, body, $HASH, entry, 'x', 1 from outbox_payload`,
    ],
  ],
  [
    'replaces a payload',
    [
      `insert into outbox_payload select book, target, journal, part, 1, 'x', $HASH, entry, 'x', 1 from outbox_payload where true
       on conflict (book, target, journal, part, revision) do update set body = 'x'`,
    ],
  ],
  [
    'makes a second row of a journal part',
    [
      'insert into outbox select * from outbox where true on conflict (book, target, journal, part) do update set history = 5',
    ],
  ],
]

const VERIFIED: readonly (readonly [string, readonly string[]])[] = [
  [
    'goes back to delivered',
    [LINE('verified', 'delivered', 'history + 1'), `update outbox set state = 'delivered', history = history + 1`],
  ],
  [
    'is queued again without a person',
    [
      LINE('verified', 'queued', 'history + 1'),
      `update outbox set state = 'queued', remote_id = null, remote_version = null, history = history + 1`,
    ],
  ],
  ['is given another entry of the target', [`update outbox set remote_id = '999'`]],
  ['loses its entry', ['update outbox set remote_id = null, remote_version = null']],
  [
    'gets another payload',
    [
      `insert into outbox_payload select book, target, journal, part, 2, 'x', $HASH, entry, 'x', 1 from outbox_payload`,
      'update outbox set revision = 2',
    ],
  ],
  ['rewrites its history', [`update outbox_attempt set message = 'nothing happened'`]],
  ['forgets its history', ['delete from outbox_attempt']],
]

/** Refused by what the database holds dear, and not because the attack is not SQL. */
const BY_RULE = /^(?!.*(syntax|no such|does not exist|ambiguous|values for)).*$/s

async function attack({ database }: Bench, statements: readonly string[]): Promise<void> {
  await database.kysely.transaction().execute(async (trx) => {
    for (const statement of statements) {
      await sql.raw(statement.replaceAll('$HASH', HASH[database.dialect])).execute(trx)
    }
  })
}

describeOnBothEngines('the outbox refuses whoever', (fresh) => {
  it.each(QUEUED)('%s', async (_name, statements) => {
    const made = await bench(await fresh(), 1)
    made.service.plan.push('401')
    await pass(made.work)
    expect(await states(made.work)).toBe('queued')
    await expect(attack(made, statements)).rejects.toThrow(BY_RULE)
    expect(await states(made.work)).toBe('queued')
  })

  it.each(VERIFIED)('%s', async (_name, statements) => {
    const made = await bench(await fresh(), 1)
    await pass(made.work)
    await verify(made.work)
    expect(await states(made.work)).toBe('verified')
    await expect(attack(made, statements)).rejects.toThrow(BY_RULE)
    expect(await states(made.work)).toBe('verified')
  })

  it('queues a verified row again when a person says so', async () => {
    const made = await bench(await fresh(), 1)
    await pass(made.work)
    await verify(made.work)
    await attack(made, [
      LINE('verified', 'queued', 'history + 1', `'ann'`),
      `update outbox set state = 'queued', remote_id = null, remote_version = null, history = history + 1`,
    ])
    expect(await states(made.work)).toBe('queued')
  })
})
