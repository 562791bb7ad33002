/**
 * A PostgreSQL server of the simulated world: its clients come through sockets, which break; it is shut down and started
 * again, is a standby for a while, undoes a transaction for the sake of another one. Behind it is one session only, so a
 * transaction keeps the other clients waiting.
 */
import { openPostgres, type PostgresHandle, type PostgresOptions } from '../../../src/db/postgres.ts'
import { kindOf, passAfter, passBefore, type Gate, type GateParts, type StatementKind } from './gate.ts'
import { createMirror, type Mirror } from './mirror.ts'
import type { PostgresInstance } from './postgres-instance.ts'
import { SimSocket } from './postgres-socket.ts'
import { errorMessage, greeting, readyFor, statusAfter, type WireQuery } from './postgres-wire.ts'
import type { SimProcess } from './processes.ts'

export interface PostgresServer {
  readonly open: (process: SimProcess, url: string, options: PostgresOptions) => Promise<PostgresHandle>
  /** For oracles. */
  readonly mirror: Mirror
}

interface Client extends Gate {
  readonly socket: SimSocket
  readonly isReadOnly: boolean
}

interface State {
  readonly instance: PostgresInstance
  readonly mirror: Mirror
  /** Whose turn it is; 'orphan' when the client has gone and the server does not know it yet. */
  holder: Client | 'orphan' | null
  /** Whether a transaction is. */
  isOpen: boolean
  /** Of the session, as it was set last. */
  isReadOnly: boolean
  /** Until then nobody can connect. */
  downUntilMs: number
  /** Until then it is a standby. */
  standbyUntilMs: number
  readonly clients: Set<Client>
}

const LOOK_AGAIN_MS = 5
/** A process that waits for itself would wait for ever. */
const LONGEST_WAIT_MS = 900_000
/** No timers of the real machine: a simulated one is never slow. */
const CONNECTING = { connectionTimeoutMillis: 0, idleTimeoutMillis: 0 }

export function createPostgresServer(parts: GateParts, instance: PostgresInstance): PostgresServer {
  const mirror = createMirror(instance, () => state.isOpen)
  const state: State = {
    instance,
    mirror,
    holder: null,
    isOpen: false,
    isReadOnly: false,
    downUntilMs: 0,
    standbyUntilMs: 0,
    clients: new Set(),
  }
  return {
    mirror,
    open: (process, url, options) => {
      const gate: Gate = { ...parts, process }
      const stream = (): SimSocket => socketOf(state, gate)
      return process.whileAlive(openPostgres(url, options, { ...CONNECTING, stream }))
    },
  }
}

function socketOf(state: State, gate: Gate): SimSocket {
  const { process, timeline } = gate
  let client: Client | null = null
  const socket = new SimSocket(timeline.nowMs, async (request, self) => {
    if (!process.isAlive()) return null
    if (request.kind === 'query') return client === null ? null : serve(state, client, request)
    const refusal = refusalOf(state, gate)
    if (refusal !== null) {
      closeAfter(self, refusal)
      return null
    }
    client = { ...gate, socket: self, isReadOnly: request.options.includes('default_transaction_read_only=on') }
    state.clients.add(client)
    return greeting(process.id)
  })
  const letGo = (): void => {
    if (client === null) return
    state.clients.delete(client)
    if (state.holder === client) rollBack(state)
  }
  socket.once('close', letGo)
  // Its own end hears nothing any more; the server sees the socket closed.
  process.onKill(letGo)
  return socket
}

/** What a server says that takes nobody, and then closes. */
function refusalOf({ downUntilMs }: State, { faults, timeline, trace, process }: Gate): Buffer | null {
  if (timeline.nowMs() < downUntilMs) return errorMessage('FATAL', '57P03', 'the database system is starting up')
  if (faults.draw('connect', ['no-connection']) === null) return null
  trace.add(`${process.id} gets no connection`)
  return errorMessage('FATAL', '53300', 'sorry, too many clients already')
}

function closeAfter(socket: SimSocket, last: Buffer): void {
  socket.push(last)
  socket.push(null)
  globalThis.process.nextTick(() => socket.destroy())
}

async function serve(state: State, client: Client, { sql, bytes }: WireQuery): Promise<Buffer | null> {
  const { process, socket } = client
  const kind = kindOf(sql)
  await passBefore(client, kind)
  await waitForTurn(state, client)
  if (socket.destroyed || !process.isAlive()) return null
  const instead = fault(state, client, kind, bytes)
  if (instead !== 'none') {
    if (!state.isOpen && state.holder === client) state.holder = null
    return instead
  }
  const answer = execute(state, client, bytes)
  await passAfter(client, kind)
  return answer
}

async function waitForTurn(state: State, client: Client): Promise<void> {
  const { timeline, process, socket } = client
  const untilMs = timeline.nowMs() + LONGEST_WAIT_MS
  while (state.holder !== null && state.holder !== client) {
    if (timeline.nowMs() > untilMs) throw new Error(`process ${process.id} waits for a transaction that never ends`)
    await process.pause(LOOK_AGAIN_MS)
  }
  // Before anybody else can come to look.
  if (!socket.destroyed && process.isAlive()) state.holder = client
}

function execute(state: State, client: Client, bytes: Buffer): Buffer {
  if (!state.isOpen && state.isReadOnly !== client.isReadOnly) {
    state.instance.ask(`set default_transaction_read_only = ${client.isReadOnly ? 'on' : 'off'}`)
    state.isReadOnly = client.isReadOnly
  }
  const answer = state.instance.execute(bytes)
  state.isOpen = statusAfter(answer) !== 'I'
  if (!state.isOpen) state.mirror.changed()
  state.holder = state.isOpen ? client : null
  return answer
}

function rollBack(state: State): void {
  state.instance.ask('rollback')
  state.holder = null
  state.isOpen = false
}

/** What happens instead of the statement; 'none' when it is done as it should be. */
function fault(state: State, client: Client, kind: StatementKind, bytes: Buffer): Buffer | null | 'none' {
  const { faults, timeline, random } = client
  if (kind === 'commit') return atCommit(state, client)
  if (kind === 'rollback') return 'none'
  if (kind === 'begin' && faults.draw('database', ['shutdown']) !== null) {
    shutDown(state, client)
    return null
  }
  if (kind === 'begin' && faults.draw('database', ['standby']) !== null) {
    state.standbyUntilMs = timeline.nowMs() + random.int(100, 60_000)
    client.trace.add('the server is a standby for a while')
  }
  if (faults.draw('database', ['dropped']) !== null) {
    // Outside of a transaction the statement may have been done.
    if (kind === 'write' && !state.isOpen && random.chance(0.5)) execute(state, client, bytes)
    return drop(state, client, 'the connection is dropped')
  }
  if (kind !== 'write') return 'none'
  if (timeline.nowMs() < state.standbyUntilMs && !client.isReadOnly)
    return refuse(state, '25006', 'cannot execute INSERT in a read-only transaction')
  const refused = state.isOpen ? faults.draw('database', ['serialization', 'deadlock', 'no-room']) : null
  if (refused === null) return 'none'
  client.trace.add(`${client.process.id} is refused: ${refused}`)
  const [code, text] = REFUSALS[refused]
  return refuse(state, code, text)
}

const REFUSALS = {
  serialization: ['40001', 'could not serialize access due to concurrent update'],
  deadlock: ['40P01', 'deadlock detected'],
  'no-room': ['53100', 'could not extend file "base/5/16384": No space left on device'],
} as const

/** An error of the statement, which leaves a transaction it is in without any use. */
function refuse(state: State, code: string, text: string): Buffer {
  if (!state.isOpen) return Buffer.concat([errorMessage('ERROR', code, text), readyFor('I')])
  // The session has to be in the state that the client is told.
  const failed = state.instance.execute(BROKEN)
  return Buffer.concat([errorMessage('ERROR', code, text), readyFor(statusAfter(failed))])
}

const BROKEN = Buffer.from('Q\0\0\0\x09nope\0', 'latin1')

function atCommit(state: State, client: Client): Buffer | null | 'none' {
  const { faults, trace, process } = client
  const kinds = ['commit-lost-done', 'commit-lost-undone', 'commit-late', 'commit-refused'] as const
  const drawn = faults.draw('database', kinds)
  if (drawn === null || !state.isOpen) return 'none'
  if (drawn === 'commit-refused') {
    trace.add(`${process.id} is refused at COMMIT`)
    rollBack(state)
    const text = 'could not serialize access due to read/write dependencies among transactions'
    return Buffer.concat([errorMessage('ERROR', '40001', text), readyFor('I')])
  }
  if (drawn === 'commit-late') return endLate(state, client)
  trace.add(`${process.id} hears nothing of its COMMIT (${drawn})`)
  if (drawn === 'commit-lost-done') commit(state)
  return drop(state, client, 'the connection is dropped')
}

/** The client hears nothing, and the server goes on with the COMMIT for a while. */
function endLate(state: State, client: Client): null {
  const { random, timeline, trace, process } = client
  const isKept = random.chance(0.5)
  state.holder = 'orphan'
  trace.add(`${process.id} hears nothing of its COMMIT, which goes on`)
  timeline.at(timeline.nowMs() + random.int(1, 20_000), () => {
    trace.add(`the COMMIT of ${process.id} ${isKept ? 'is done' : 'is undone'}`)
    if (isKept) commit(state)
    else rollBack(state)
  })
  return drop(state, client, 'the connection is dropped')
}

function commit(state: State): void {
  state.instance.ask('commit')
  state.mirror.changed()
  state.holder = null
  state.isOpen = false
}

function drop(state: State, client: Client, says: string): null {
  const { socket, random, trace, process } = client
  trace.add(`${process.id}: ${says}`)
  if (state.holder === client) rollBack(state)
  const isReset = random.chance(0.5)
  socket.destroy(isReset ? Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) : undefined)
  return null
}

/** All are told, and nobody can come back for a while. */
function shutDown(state: State, { timeline, random, trace }: Client): void {
  state.downUntilMs = timeline.nowMs() + random.int(100, 30_000)
  trace.add('the server is shut down')
  if (state.holder !== null && state.holder !== 'orphan') rollBack(state)
  for (const { socket, process } of state.clients) {
    const text = 'terminating connection due to administrator command'
    if (process.isAlive()) closeAfter(socket, errorMessage('FATAL', '57P01', text))
  }
}
