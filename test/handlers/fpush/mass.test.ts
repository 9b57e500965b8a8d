import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { anna, apns, startTestApp, type TestApp } from '../../helpers/app.ts';
import { startPushServices, type PushServices } from '../../helpers/push-services.ts';
import { randomToken, tally } from '../../providers/kit.ts';
import { describeAnswer, fromProsody, refused, temporary } from './publishes.ts';

let services: PushServices;
let app: TestApp;
before(async () => {
  services = await startPushServices();
  const fpush = { modules: { monalProdiOS: apns }, default: undefined, ratelimitMs: 0 };
  app = await startTestApp({ providers: services.providers, dialects: { fpush } });
});
after(async () => {
  await app.close();
  await services.close();
});

const toToken = async (token: string) => describeAnswer(await app.ask(fromProsody(token, { pushModule: 'monalProdiOS' })));
const toNode = async (node: string) => describeAnswer(await app.ask(fromProsody(node, { secret: 'none' }, anna)));

function randomBadToken(): string {
  const token = randomToken();
  services.apple.markBad(token);
  return token;
}

test('a mass of dead tokens from one server is not believed, costs registered devices nothing, and ends when pushes arrive again', async () => {
  const dead = await app.register(randomBadToken());
  assert.equal(await toToken(randomToken()), 'result');
  assert.equal(await toToken(randomToken()), 'result');

  const answers: string[] = [];
  for (let count = 0; count < 30; count += 1) answers.push(await toToken(randomBadToken()));
  assert.deepEqual(tally(answers), { [refused]: 20, [temporary]: 10 });

  // Strangers can name as many tokens as they like that never were: a registered device's death is believed all the same.
  assert.equal(await toNode(dead), refused);

  for (let count = 0; count < 30; count += 1) assert.equal(await toToken(randomToken()), 'result');
  assert.equal(await toToken(randomBadToken()), refused);
});
