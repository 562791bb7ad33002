/** A webhook of one's own: the notice as JSON, or a body made from a template, as SMS gateways want it. */
import type { WebhookChannelConfig } from '../../config/alert-model.ts'
import { fillTemplate } from '../../config/alert-template.ts'
import type { HttpClient } from '../../http/client.ts'
import type { Secret } from '../../http/secret.ts'
import { bodyText, headline, type Notice, type Speak } from '../notice.ts'
import { oneLine } from '../plain.ts'
import { post } from './post.ts'

export interface WebhookSettings extends Pick<WebhookChannelConfig, 'name' | 'contentType' | 'body'> {
  readonly url: Secret
  readonly authorization: Secret | null
}

export function webhookBody(
  notice: Notice,
  { contentType, body }: Pick<WebhookSettings, 'contentType' | 'body'>,
): string {
  const values = {
    id: notice.id,
    event: notice.event,
    severity: notice.severity,
    book: notice.book,
    rule: notice.rule,
    object: oneLine(notice.object),
    title: oneLine(headline(notice)),
    detail: oneLine(bodyText(notice)),
    text: oneLine(`${headline(notice)}. ${bodyText(notice)}`),
    at: new Date(notice.atMs).toISOString(),
  }
  if (body !== undefined) return fillTemplate(body, contentType, values)
  if (contentType === 'text/plain') return values.text
  if (contentType === 'application/x-www-form-urlencoded') return new URLSearchParams(values).toString()
  return JSON.stringify({ ...values, firstSeen: new Date(notice.firstSeenMs).toISOString() })
}

export function speakWebhook(http: HttpClient, settings: WebhookSettings): Speak {
  const { name, url, authorization, contentType } = settings
  return (notice, signal) =>
    post({
      http,
      label: `Webhook channel "${name}"`,
      url,
      headers: {
        'content-type': `${contentType}; charset=utf-8`,
        'idempotency-key': notice.id,
        ...(authorization === null ? {} : { authorization: authorization.reveal() }),
      },
      body: webhookBody(notice, settings),
      secrets: authorization === null ? [] : [authorization],
      signal,
    })
}
