// Asks the simulated Qminder for all that the official client 4.1.0 can ask of tickets and what is around them, and
// fails where an answer is not what the client's users are promised.
//
//   node drive.js HOST:PORT
'use strict';

const assert = require('node:assert/strict');
const Qminder = require('qminder-api');
const base = require('qminder-api/build/api-base').default;

const LINE = 12345;
const CLERK = 900;
const DESK = 3;

Qminder.setServer(process.argv[2]);
Qminder.setKey('qminder-key');

const { tickets, lines, locations, users, webhooks, graphql } = Qminder;
const create = async (ticket, key) => (await tickets.create(LINE, ticket, key)).id;
const status = async (id) => (await tickets.details(id)).status;

async function creates() {
  const visitor = {
    firstName: 'Marta',
    lastName: 'Trujillo',
    phoneNumber: 3185551212,
    email: 'marta@example.com',
    source: 'MANUAL',
    extra: [{ title: 'Favorite Number', value: 91 }, { title: 'A+B & C?', value: 'ä € 🙂' }],
  };
  const id = await create(visitor, 'once');
  assert.equal(typeof id, 'number');
  assert.equal(await create(visitor, 'once'), id);
  assert.notEqual(await create(visitor, 'twice'), id);
  const read = await tickets.details(id);
  assert.equal(read.id, String(id));
  assert.equal(read.line, LINE);
  assert.equal(read.phoneNumber, 3185551212);
  assert.equal(read.email, 'marta@example.com');
  assert.deepEqual(read.extra, visitor.extra);
  assert.equal(await tickets.edit(id, { firstName: 'Maria', email: '', lastName: null, user: CLERK }), 'success');
  const edited = await tickets.details(id);
  assert.deepEqual([edited.firstName, edited.email, edited.lastName], ['Maria', undefined, undefined]);
  await assert.rejects(tickets.details(1), /Ticket with id 1 not found/);
  await assert.rejects(tickets.create(7, visitor), /Line with id 7 not found/);
  await assert.rejects(tickets.create(LINE, { firstName: '' }), /firstName/);
}

async function queue() {
  const first = await create({ firstName: 'Ann', phoneNumber: 3185551212 });
  const second = await create({ firstName: 'Bob' });
  assert.equal(await tickets.reorder(second, first), 'success');
  assert.equal(await tickets.reorder(first, null), 'success');
  assert.equal((await tickets.details(first)).orderAfter.length, 24);
  assert.equal(await tickets.assignToUser(first, CLERK, CLERK), 'success');
  assert.deepEqual((await tickets.details(first)).assigned, { assigner: CLERK, assignee: CLERK });
  assert.equal(await tickets.unassign(first, CLERK), 'success');
  assert.equal(typeof (await tickets.getEstimatedTimeOfService(first)), 'number');

  const called = await tickets.call(first, CLERK, DESK, true);
  assert.equal(called.status, 'CALLED');
  assert.deepEqual([called.called.caller, called.called.desk], [CLERK, DESK]);
  assert.equal(await tickets.recall(first), 'success');
  assert.equal(await tickets.returnToQueue(first, CLERK, 'FIRST'), 'success');
  assert.equal(await status(first), 'NEW');
  await assert.rejects(tickets.markServed(first), /not in CALLED status/);

  assert.equal((await tickets.callNext([LINE], CLERK, DESK, true)).id, String(first));
  assert.equal((await tickets.forward(first, LINE, CLERK)).statusCode, 200);
  assert.equal(await status(first), 'NEW');
  await tickets.call(first, CLERK);
  assert.equal(await tickets.markServed(first), 'success');
  await tickets.call(second, CLERK);
  assert.equal(await tickets.markNoShow(second), 'success');
  assert.deepEqual([await status(first), await status(second)], ['SERVED', 'NOSHOW']);

  const third = await create({ firstName: 'Cid' });
  assert.equal(await tickets.cancel(third, CLERK), 'success');
  assert.equal(await status(third), 'CANCELLED_BY_CLERK');
  await assert.rejects(tickets.call(third, CLERK), /not in NEW status/);
}

async function labelsAndMessages() {
  const id = await create({ firstName: 'Dan', phoneNumber: 3185551212 });
  assert.equal(await tickets.addLabel(id, 'a b+&é', CLERK), 'success');
  assert.equal(await tickets.addLabel(id, 'a b+&é'), 'no action');
  assert.equal((await tickets.details(id)).labels[0].value, 'a b+&é');
  assert.equal(await tickets.removeLabel(id, 'a b+&é', CLERK), 'success');
  const text = "Hello, it's your turn! 100% +é";
  assert.equal(await tickets.sendMessage(id, text, CLERK), 'success');
  const [message] = await tickets.getMessages(id);
  assert.deepEqual([message.body, message.type, message.userId], [text, 'OUTGOING', CLERK]);
}

async function searches() {
  const since = new Date(Date.now() - 3600000).toISOString();
  const everything = await tickets.search({ location: 1, line: [LINE], minCreated: since, order: 'id ASC' });
  const ids = everything.map((ticket) => Number(ticket.id));
  assert.ok(ids.length >= 6);
  assert.deepEqual(ids, [...ids].sort((one, other) => one - other));
  const some = await tickets.search({
    status: ['SERVED', 'NOSHOW'],
    caller: CLERK,
    responseScope: ['MESSAGES', 'INTERACTIONS'],
    order: 'called DESC',
    limit: 1,
  });
  assert.deepEqual([some.length, some[0].status, some[0].messages], [1, 'NOSHOW', []]);
  assert.equal(some[0].interactions[0].user, CLERK);
  assert.equal(await tickets.count({ line: [LINE] }), ids.length);
  assert.equal(await tickets.count({ status: 'SERVED' }), 1);
  assert.deepEqual(await tickets.search({ minCreated: Math.floor(Date.now() / 1000) + 60 }), []);
  await assert.rejects(tickets.search({ status: 'WAITING' }), /no status/);
  await assert.rejects(tickets.search({ order: 'name ASC' }), /no order/);
}

async function external() {
  const id = await create({ firstName: 'Eve' });
  const data = {
    fields: [
      { type: 'message', content: 'Owes money — “much” + 5% & more', importance: 'warning' },
      { type: 'text', title: 'Plan', value: 'Gold' },
      { type: 'phoneNumber', title: 'Phone', value: '+15551234567' },
      { type: 'list', title: 'Visits', items: [{ title: 'First', timestamp: '2026-01-10' }] },
    ],
  };
  // The documented answer has no `result`, which is what this client looks for.
  assert.equal(await tickets.setExternalData(id, 'crm', 'Before', { fields: [] }), undefined);
  assert.equal(await tickets.setExternalData(id, 'crm', 'Customer', data), undefined);
  const query = 'query ($id: ID!) { ticket(id: $id) { external { provider title data created } } }';
  const answer = await graphql.query(query, { id: String(id) });
  assert.equal(answer.statusCode, 200);
  const [section, ...more] = answer.data.ticket.external;
  assert.deepEqual([section.provider, section.title, section.data, more], ['crm', 'Customer', data, []]);
  const wrong = { fields: [{ type: 'message', content: 'x', importance: 'high' }] };
  await assert.rejects(tickets.setExternalData(id, 'crm', 'Customer', wrong), /^Error: Data does not match the schema$/);
  await assert.rejects(tickets.setExternalData(id, 'crm', 'Customer', []), /^Error: Data is not valid JSON object$/);
  const { errors } = await graphql.query('{ me { nickname } }');
  assert.equal(errors[0].validationErrorType, 'FieldUndefined');
}

async function places() {
  assert.deepEqual((await lines.list(1)).map((line) => line.id), [LINE]);
  assert.deepEqual((await locations.list()).map((location) => location.id), [1]);
  assert.equal((await locations.details(1)).id, 1);
  assert.deepEqual((await locations.getDesks({ id: 1 })).map((desk) => desk.id), [DESK]);
  assert.deepEqual((await users.list(1)).map((user) => user.id), [CLERK]);
  assert.equal((await users.details('clerk-900@example.com')).id, CLERK);
  assert.equal((await lines.disable(LINE)).statusCode, 200);
  assert.equal((await lines.details(LINE)).disabled, true);
  await lines.enable(LINE);
  assert.equal((await lines.details(LINE)).disabled, false);
}

async function hooks() {
  const hook = await webhooks.create('https://example.com/hooks?a=1');
  assert.equal(typeof hook.secret, 'string');
  // The client's own `remove` takes numbers alone, and ids have not been numbers for long.
  assert.equal((await base.request(`webhooks/${hook.id}`, undefined, 'DELETE')).statusCode, 200);
  await assert.rejects(webhooks.create('https://localhost/hooks'), /subdomain/);
}

async function keys() {
  Qminder.setKey('wrong');
  await assert.rejects(tickets.details(1), /Set X-Qminder-REST-API-Key HTTP header with API key/);
}

(async () => {
  for (const part of [creates, queue, labelsAndMessages, searches, external, places, hooks, keys]) {
    await part();
    console.log(`${part.name}: as promised`);
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
