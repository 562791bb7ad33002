/** A socket as the driver of PostgreSQL uses one, whose other end is a function. */
import { Duplex } from 'node:stream'
import { requestReader, type WireQuery } from './postgres-wire.ts'

/** What the other end does with a request: it answers with bytes; with null it never does. */
export type Answering = (
  request: { readonly kind: 'start'; readonly options: string } | WireQuery,
  socket: SimSocket,
) => Promise<Buffer | null>

export class SimSocket extends Duplex {
  readonly #read: ReturnType<typeof requestReader>
  readonly #answering: Answering
  #last: Promise<void> = Promise.resolve()

  constructor(nowMs: () => number, answering: Answering) {
    super()
    this.#read = requestReader(nowMs)
    this.#answering = answering
  }

  /** The driver's way of asking for a connection. */
  connect(): this {
    process.nextTick(() => this.emit('connect'))
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {
    // What comes is pushed when it comes.
  }

  override _write(piece: Buffer, _encoding: BufferEncoding, done: () => void): void {
    for (const request of this.#read(piece)) {
      if (request.kind === 'end') this.destroy()
      else this.#last = this.#last.then(async () => this.#answer(request))
    }
    done()
  }

  async #answer(request: Parameters<Answering>[0]): Promise<void> {
    const answer = await this.#answering(request, this)
    if (answer !== null && !this.destroyed) this.push(answer)
  }
}
