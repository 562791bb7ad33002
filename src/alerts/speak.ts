/** From a configured channel to something that can speak. Secrets are read here, at the moment they are needed. */
import type { ChannelConfig } from '../config/alert-model.ts'
import { resolveSecret, type Environment } from '../config/secrets.ts'
import { createHttpClient, type HttpClient } from '../http/client.ts'
import { machine } from '../machine/machine.ts'
import { speakDiscord } from './channels/discord.ts'
import { speakEmail } from './channels/email.ts'
import { speakSlack } from './channels/slack.ts'
import { speakWebhook } from './channels/webhook.ts'
import type { Speak } from './notice.ts'

/** Short limits: a channel that is slow may wait for the next look, the night may not wait for a channel. */
const TIMEOUT_MS = 10_000
const SENDS = 3

export function createAlertHttpClient(): HttpClient {
  return createHttpClient({
    userAgent: 'tieout (alerts)',
    connections: 1,
    timeoutsMs: { connect: TIMEOUT_MS, headers: TIMEOUT_MS, body: TIMEOUT_MS, total: TIMEOUT_MS },
    maxBodyBytes: 1024 * 1024,
    retry: { attempts: SENDS, baseDelayMs: 500, maxDelayMs: 5000 },
    sleep: machine().sleep,
    random: machine().random,
    nowMs: machine().nowMs,
  })
}

/** Throws ConfigError when a secret of the channel is missing. */
export function speakThrough(channel: ChannelConfig, env: Environment, http: HttpClient): Speak {
  switch (channel.type) {
    case 'slack':
      return speakSlack(http, channel.name, resolveSecret(channel.webhookUrl, env))
    case 'discord':
      return speakDiscord(http, channel.name, resolveSecret(channel.webhookUrl, env))
    case 'webhook': {
      const { name, contentType, body, authorization } = channel
      const url = resolveSecret(channel.webhookUrl, env)
      const header = authorization === undefined ? null : resolveSecret(authorization, env)
      return speakWebhook(http, { name, contentType, body, url, authorization: header })
    }
    case 'email': {
      const { password } = channel
      return speakEmail({ ...channel, password: password === undefined ? null : resolveSecret(password, env) })
    }
  }
}
