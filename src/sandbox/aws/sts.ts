import type { Answer, Request } from '../http.ts';
import { AwsRefusal } from './refusal.ts';

const version = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Answers one call of STS: a form in, XML out. It knows GetCallerIdentity. */
export const answerSts = (request: Request, caller: { account: string; arn: string; userId: string }): Answer => {
  const action = new URLSearchParams(request.body).get('Action');
  if (action !== 'GetCallerIdentity') {
    return xmlRefusal(
      new AwsRefusal('InvalidAction', `the sandbox does not serve ${action ?? 'a call without Action'}`),
    );
  }
  const result = `<Arn>${caller.arn}</Arn><UserId>${caller.userId}</UserId><Account>${caller.account}</Account>`;
  return xml(
    200,
    `<GetCallerIdentityResponse xmlns="${version}"><GetCallerIdentityResult>${result}</GetCallerIdentityResult>${metadata()}</GetCallerIdentityResponse>`,
  );
};

/** A refusal as the query protocol has it. */
export const xmlRefusal = ({ name, message, status }: AwsRefusal): Answer => {
  const error = `<Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error>`;
  return xml(
    status,
    `<ErrorResponse xmlns="${version}">${error}<RequestId>${crypto.randomUUID()}</RequestId></ErrorResponse>`,
  );
};

const metadata = (): string => `<ResponseMetadata><RequestId>${crypto.randomUUID()}</RequestId></ResponseMetadata>`;

const xml = (status: number, text: string): Answer => ({ status, headers: { 'content-type': 'text/xml' }, text });
