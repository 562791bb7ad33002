/** Which batch status call a panel answers is found out by asking both. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSecret } from '../../../src/http/secret.ts'
import { createPanelClient } from '../../../src/sources/panel/client.ts'
import { probePanelDialect } from '../../../src/sources/panel/dialect.ts'
import type { MultiAction } from '../../../src/sources/panel/requests.ts'
import { json, startServer, testClient } from '../../http/support.ts'

type Form = Readonly<Record<string, string>>

async function probe(answer: (form: Form) => readonly [number, unknown], ids: readonly string[] = ['11', '12']) {
  const forms: Form[] = []
  const server = await startServer((response, { body }) => {
    const form = Object.fromEntries(new URLSearchParams(body))
    forms.push(form)
    json(response, ...answer(form))
  })
  const { client: http } = testClient()
  onTestFinished(async () => {
    await server.close()
    await http.close()
  })
  const limiter = { acquire: () => Promise.resolve() }
  const key = createSecret('k3y-0123')
  const client = createPanelClient({ name: 'p', url: server.url, key, multiAction: 'multiStatus', http, limiter })
  return { dialect: await probePanelDialect(client, ids), forms }
}

const rows = ({ orders }: Form) =>
  Object.fromEntries((orders ?? '').split(',').map((id) => [id, { error: 'Incorrect order ID' }]))

type Case = readonly [string, MultiAction | null, (form: Form) => readonly [number, unknown]]
const CASES: readonly Case[] = [
  [
    'the document',
    'multiStatus',
    (form: Form) =>
      form['action'] === 'multiStatus' ? [200, rows(form)] : [400, { error: 'Missing parameter: order' }],
  ],
  [
    'the widespread one',
    'status',
    (form: Form) => (form['action'] === 'status' ? [200, rows(form)] : [200, { error: 'Incorrect request' }]),
  ],
  [
    'a script that takes the ids for one',
    'multiStatus',
    (form: Form) => (form['action'] === 'multiStatus' ? [200, rows(form)] : [200, { error: 'Incorrect order ID' }]),
  ],
  ['both', 'multiStatus', (form: Form) => [200, rows(form)]],
  ['neither', null, () => [400, { error: 'Incorrect request' }]],
  ['an empty list, which tells nothing', null, () => [200, []]],
  ['a refused key', null, () => [401, { error: 'Invalid API key' }]],
]

describe('the dialect of a panel', () => {
  it.each(CASES)('%s', async (_name, multiAction, answer) => {
    const { dialect, forms } = await probe(answer)
    expect(dialect.multiAction).toBe(multiAction)
    expect(dialect.evidence.map(({ action }) => action)).toEqual(['multiStatus', 'status'])
    expect(dialect.evidence.every(({ says }) => says.length > 10)).toBe(true)
    expect(forms.map(({ orders }) => orders)).toEqual(['11,12', '11,12'])
  })

  it('is asked with two ids at least, since one alone is answered by any dialect', async () => {
    const { forms } = await probe((form) => [200, rows(form)], ['11'])
    expect(forms.map(({ orders }) => orders)).toEqual(['11,1', '11,1'])
    expect((await probe((form) => [200, rows(form)], [])).forms[0]?.['orders']).toBe('1,2')
  })
})
