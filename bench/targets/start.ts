import { median } from '../base/statistics.ts';
import { openAround } from '../throughput/around.ts';
import { openSubject } from '../throughput/subject.ts';
import { atMost, noting } from './finding.ts';
import type { Part } from './part.ts';

/** From the program's start to its event `ready`, the embedded database being there and stopped. */
export const start: Part = {
  name: 'start',
  what: 'start to ready with an existing embedded database',
  estimateSeconds: ({ rounds }) => 10 + 4 * rounds,
  async run({ rounds, built }, cleanUp) {
    let subject = await openSubject(await openAround(cleanUp), { domain: 'push.example.org', built }, cleanUp);
    const tookMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      subject = await subject.restart();
      tookMs.push(subject.startMs);
    }
    const seconds = tookMs.map((ms) => ms / 1000);
    const finding = atMost('start to ready with an existing embedded database', 1.5, median(seconds), ' s');
    return [noting(finding, seconds.map((one) => one.toFixed(2)).join(', '))];
  },
};
