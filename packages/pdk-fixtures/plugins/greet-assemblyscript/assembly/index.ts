import { GreetRequest, GreetResponse, text } from './kit';

export function greet(request: GreetRequest): GreetResponse {
  return { text: text('hello, ') + request.name };
}
