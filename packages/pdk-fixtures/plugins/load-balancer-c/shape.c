// Rewrites the path and the headers. Method and body do not change.
#include "handlers.h"
#include "headers.h"
#include "target.h"

bool shape_request(const ShapeRequest *asked, ShapeResponse *response) {
  const Request *request = &asked->request;
  if (!rewrite_target(request->path, request->query, &response->url)) return false;
  if (!pass_headers(&request->headers, &response->headers)) return false;
  pw_text id = pw_base64_encode(encode_header(asked->principal.id));
  response->headers.at[response->headers.length++] = (Header){PW_TEXT("x-principal-id"), id};
  response->method = request->method;
  response->body_base64 = request->body_base64;
  return true;
}
