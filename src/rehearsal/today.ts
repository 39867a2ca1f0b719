// A world whose days were written down once, brought to today: for a stand-in that is asked by the clock on the wall.

import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { loadKeptWorld, type RehearsalWorld } from './world.ts';

/** How long before T a stand-in begins, in ms: whatever has to be ready for T is ready, and T is not over. */
const ahead = 7_200_000;

const moment = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z/g;
const day = /(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])/g;

/**
 * The world with every moment in it moved by the same time, so that its T (without one: its start) is in two hours; `now`
 * in ms. Days without an hour move in what people answer, and nowhere else: elsewhere they are versions.
 */
export function worldToday(world: RehearsalWorld, now: number): RehearsalWorld {
  const by = now + ahead - Date.parse(world.t0 ?? world.start);
  const moments = (text: string): string =>
    text.replaceAll(moment, (found) => `${new Date(Date.parse(found) + by).toISOString().slice(0, 19)}Z`);
  const days = (text: string): string =>
    text.replaceAll(day, (found) => new Date(Date.parse(`${found}T00:00:00Z`) + by).toISOString().slice(0, 10));
  const plain: Json = JSON.parse(JSON.stringify(world));
  const answers: Json = JSON.parse(JSON.stringify(world.answers));
  const moved = { ...fieldsOf(eachText(plain, moments)), answers: eachText(answers, (text) => days(moments(text))) };
  return loadKeptWorld(JSON.stringify(moved), `the world of ${world.checklist}-${world.target}, moved`);
}

function fieldsOf(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

function eachText(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => eachText(each, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, eachText(each, change)]));
}
