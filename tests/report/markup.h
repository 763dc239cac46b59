/* A strict reader of markup: what it accepts is well-formed XML, without any entity but the five of XML and numbers. */
#ifndef MARKUP_H
#define MARKUP_H

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MARKUP_DEEP = 64, MARKUP_IDS = 256 };
typedef struct markup {
  const char *text, *at;
  char open[MARKUP_DEEP][32];
  int depth;
  char id[MARKUP_IDS][64];
  int id_count, heading;
  int table_count, caption_count, svg_count, title_count;
  char fault[160];
} markup;

static inline bool
markup_fail(markup *m, const char *what)
{
  if (!*m->fault)
    snprintf(m->fault, sizeof m->fault, "%s at byte %ld: %.60s", what, (long)(m->at - m->text), m->at);
  return false;
}

static inline bool
markup_entity(markup *m)
{
  static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (strncmp(m->at, known[i], strlen(known[i])) == 0) {
      m->at += strlen(known[i]);
      return true;
    }
  return markup_fail(m, "unknown entity");
}

static inline size_t
markup_name(const char *at)
{
  size_t n = 0;
  while (isalnum((unsigned char)at[n]) || at[n] == '-' || at[n] == ':' || at[n] == '_')
    n++;
  return n;
}

/* Things every page must hold: unique ids, links to what is there or to the web only, nothing fetched. */
static inline bool
markup_attribute(markup *m, const char *element, const char *name, const char *value)
{
  if (strcmp(name, "id") == 0) {
    for (int i = 0; i < m->id_count; i++)
      if (strcmp(m->id[i], value) == 0)
        return markup_fail(m, "id twice");
    if (m->id_count == MARKUP_IDS || strlen(value) >= sizeof m->id[0])
      return markup_fail(m, "too many ids, or too long");
    snprintf(m->id[m->id_count++], sizeof m->id[0], "%.63s", value);
  }
  if (strcmp(name, "src") == 0 || strcmp(name, "srcset") == 0 || strcmp(name, "xlink:href") == 0 || strncmp(name, "on", 2) == 0)
    return markup_fail(m, "an attribute that loads or runs");
  if (strcmp(name, "href") == 0 && (strcmp(element, "a") != 0 || (value[0] != '#' && strncmp(value, "https://", 8) != 0)))
    return markup_fail(m, "href");
  if (strstr(value, "url(") && strncmp(value, "url(#", 5) != 0)
    return markup_fail(m, "url()");
  return true;
}

static inline bool
markup_tag(markup *m)
{
  const bool is_end = m->at[1] == '/';
  m->at += 1 + is_end;
  char name[32];
  const size_t length = markup_name(m->at);
  if (length == 0 || length >= sizeof name)
    return markup_fail(m, "tag name");
  snprintf(name, sizeof name, "%.*s", (int)length, m->at);
  m->at += length;
  if (is_end) {
    if (m->depth == 0 || strcmp(m->open[m->depth - 1], name) != 0 || *m->at != '>')
      return markup_fail(m, "end tag that closes nothing");
    m->depth--;
    m->at++;
    return true;
  }
  static const char *const forbidden[] = {"link", "img", "iframe", "object", "embed", "image", "use", "base", "form"};
  for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
    if (strcmp(name, forbidden[i]) == 0)
      return markup_fail(m, "an element that loads something");
  m->table_count += strcmp(name, "table") == 0;
  m->caption_count += strcmp(name, "caption") == 0;
  if (name[0] == 'h' && isdigit((unsigned char)name[1])) {
    if (name[1] - '0' > m->heading + 1)
      return markup_fail(m, "a heading that skips a level");
    m->heading = name[1] - '0';
  }
  while (*m->at == ' ' || *m->at == '\n') {
    while (*m->at == ' ' || *m->at == '\n')
      m->at++;
    if (*m->at == '/' || *m->at == '>')
      break;
    char key[32], value[4096];
    const size_t key_length = markup_name(m->at);
    snprintf(key, sizeof key, "%.*s", (int)key_length, m->at);
    if (key_length == 0 || m->at[key_length] != '=' || m->at[key_length + 1] != '"')
      return markup_fail(m, "attribute without quotes");
    m->at += key_length + 2;
    const char *start = m->at;
    while (*m->at && *m->at != '"') {
      if (*m->at == '<')
        return markup_fail(m, "< in an attribute");
      if (*m->at != '&')
        m->at++;
      else if (!markup_entity(m))
        return false;
    }
    snprintf(value, sizeof value, "%.*s", (int)(m->at - start), start);
    if (*m->at++ != '"' || !markup_attribute(m, name, key, value))
      return markup_fail(m, "attribute");
  }
  if (m->at[0] == '/' && m->at[1] == '>') {
    m->at += 2;
    return true;
  }
  if (*m->at++ != '>' || m->depth == MARKUP_DEEP)
    return markup_fail(m, "tag");
  snprintf(m->open[m->depth++], sizeof m->open[0], "%s", name);
  return true;
}

static inline bool
markup_read(markup *m, const char *text)
{
  *m = (markup){.text = text, .at = text};
  if (strncmp(text, "<!DOCTYPE html>\n", 16) != 0)
    return markup_fail(m, "doctype");
  m->at += 16;
  while (*m->at) {
    const unsigned char c = (unsigned char)*m->at;
    if (c < 0x20 && c != '\n' && c != '\t' && c != '\r')
      return markup_fail(m, "control character");
    if (c == '<') {
      if (!markup_tag(m))
        return false;
    } else if (c == '&') {
      if (!markup_entity(m))
        return false;
    } else {
      m->at++;
    }
  }
  return m->depth == 0 || markup_fail(m, "element left open");
}

#endif
