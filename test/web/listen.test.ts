/** The server under clients that do not behave: half a request, and none of the rest. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { listen } from '../../src/web/listen.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { SECRET, webRig, type WebRig } from './support.ts'

const HEAD = `POST /hooks/netpanel/${SECRET} HTTP/1.1\r\nHost: books.example\r\nConnection: close\r\nContent-Length: 100\r\n\r\n`

/** Sends the head of a delivery of 100 bytes and three of them, and comes back when the server works on it. */
async function sendHalf(rig: WebRig, url: string): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  const allowed = rig.reached()
  await once(socket, 'connect')
  socket.write(`${HEAD}abc`)
  await expect.poll(() => rig.reached()).toBeGreaterThan(allowed)
  return socket
}

describeOnSqlite('the server', (fresh) => {
  it('stops although a client never sends the rest of its request', async () => {
    const rig = await webRig(await fresh())
    const { url, close } = await listen(rig.app, '127.0.0.1', 0, 50)
    const socket = await sendHalf(rig, url)
    const cut = once(socket, 'close')
    await close()
    await cut
    expect(rig.commits).toEqual([])
  })

  it('lets a request that is complete in time be stored and answered after it was told to stop', async () => {
    const rig = await webRig(await fresh())
    const { url, close } = await listen(rig.app, '127.0.0.1', 0, 60_000)
    const socket = await sendHalf(rig, url)
    const closed = close()
    socket.write('x'.repeat(97))
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /)
    await closed
    expect(rig.commits.flat().map(({ body }) => body.length)).toEqual([100])
  })

  it('notes a client that hangs up in the middle in one plain line', async () => {
    const rig = await webRig(await fresh())
    const { url, close } = await listen(rig.app, '127.0.0.1', 0, 50)
    onTestFinished(close)
    const socket = await sendHalf(rig, url)
    socket.destroy()
    await expect.poll(() => rig.log.length).toBe(1)
    expect(JSON.parse(rig.log[0] ?? '')).toEqual({
      level: 'info',
      time: '2026-03-20T00:00:00.000Z',
      msg: 'a client hung up before its request was complete',
    })
    expect(rig.commits).toEqual([])
  })
})
