/** How AWS says no: what an operation throws, and only its endpoint catches. */
export class AwsRefusal extends Error {
  readonly status: number;

  /** `name` is AWS's own, `ResourceNotFoundException`. */
  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** What is thrown where the secret, or the version asked for, is not there. */
export const notFound = (what = 'the specified secret.'): AwsRefusal =>
  new AwsRefusal('ResourceNotFoundException', `Secrets Manager can't find ${what}`);

/** What is thrown over a secret that is scheduled for deletion. */
export const markedForDeletion = (): AwsRefusal =>
  new AwsRefusal(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );

export const invalidParameter = (message: string): AwsRefusal => new AwsRefusal('InvalidParameterException', message);
