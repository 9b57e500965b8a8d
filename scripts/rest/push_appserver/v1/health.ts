import type { RestHandler } from '../../../../src/index.ts';

/** `GET /push_appserver/v1/health`: a page with the word RUNNING; whether all is well says `/readyz`. */
const health: RestHandler = ({ parameters }, { pushAppserver }) => {
  if (pushAppserver === undefined || parameters.length > 0) return undefined;
  return {
    text: '<!DOCTYPE html>\n<html><head><title>mod_push_appserver</title></head><body>\nRUNNING\n</body></html>',
    type: 'text/html; charset=utf-8',
  };
};

export default health;

export const methods = ['GET', 'HEAD'];
