// Goal: what others wrote mentions nobody and leads nowhere in a notice. Method: the bodies, and what is left of markup.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { slackBody, webhookBody } from '../../src/render/notice-body.ts';
import { home } from '../support/shell.ts';
import { someNotice } from '../support/webhook.ts';

const textOf = (body: string): string => {
  const { text }: { text: string } = JSON.parse(body);
  return text;
};

it.each([
  ['a mention of everybody', '<!channel> <!here> <!everyone|all>'],
  ['a mention of one', 'ask <@U024BE7LH> or <#C024BE7LR|general>'],
  ['a link under other words', '<https://evil.test|sign in again>'],
])('lets no angle bracket of %s through to Slack', (_, text) => {
  expect(textOf(slackBody(someNotice({ text })))).not.toMatch(/[<>]/);
});

it('takes apart what others than Slack read as mentions and links', () => {
  const text = textOf(slackBody(someNotice({ text: '@here @channel a@b.test [sign in](https://evil.test) [x][y]' })));
  expect(text).not.toMatch(/@\w/);
  expect(text).not.toMatch(/\][([]/);
  expect(text.replaceAll('\u200b', '')).toBe('@here @channel a@b.test [sign in](https://evil.test) [x][y]');
});

it('keeps an ampersand an ampersand: nothing is escaped twice', () => {
  expect(textOf(slackBody(someNotice({ text: 'a & b &lt;!here&gt;' })))).toBe('a &amp; b &amp;lt;!here&amp;gt;');
});

it('says of Slack’s text that it is plain, and that nobody fetches what it speaks of', () => {
  expect(JSON.parse(slackBody(someNotice()))).toMatchObject({
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
  });
});

it('names the first of many steps that share a cause', () => {
  const steps = Array.from({ length: 20 }, (_, at) => `s${at}`);
  expect(textOf(slackBody(someNotice({ text: 'x', steps })))).toBe(
    'x\nand for the same cause: s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, and 9 more',
  );
});

it('has the fields that docs/notifications.md says, in its example and among its kinds', () => {
  const page = readFileSync(join(home, 'docs', 'notifications.md'), 'utf8');
  const example: Record<string, unknown> = JSON.parse(/```json\n([^]*?)```/.exec(page)?.[1] ?? '{}');
  expect(Object.keys(example)).toEqual(Object.keys(someNotice()));
  const types = (notice: object): readonly string[] => Object.values(notice).map((value) => typeof value);
  expect(types(example)).toEqual(types(someNotice()));
});

it('gives any other webhook every field of a notice', () => {
  const notice = someNotice({ text: '<!channel> & @here' });
  expect(JSON.parse(webhookBody(notice))).toEqual(notice);
});
