/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the elements of an event mean: which become fields, which sections. docs/formats/evtx.md#json. */
#include "triage/parse/evtx_compile.h"

/* Elements of System, and their attributes; NULL: their content. */
static const struct {
	const char *element, *attribute;
	enum evtx_field field;
} system_fields[] = {
	{ "Provider", "Name", EVTX_PROVIDER_NAME },
	{ "Provider", "Guid", EVTX_PROVIDER_GUID },
	{ "Provider", "EventSourceName", EVTX_EVENT_SOURCE_NAME },
	{ "EventID", NULL, EVTX_EVENT_ID },
	{ "EventID", "Qualifiers", EVTX_EVENT_ID_QUALIFIERS },
	{ "Version", NULL, EVTX_VERSION },
	{ "Level", NULL, EVTX_LEVEL },
	{ "Task", NULL, EVTX_TASK },
	{ "Opcode", NULL, EVTX_OPCODE },
	{ "Keywords", NULL, EVTX_KEYWORDS },
	{ "TimeCreated", "SystemTime", EVTX_TIME_CREATED },
	{ "EventRecordID", NULL, EVTX_EVENT_RECORD_ID },
	{ "Correlation", "ActivityID", EVTX_ACTIVITY_ID },
	{ "Correlation", "RelatedActivityID", EVTX_RELATED_ACTIVITY_ID },
	{ "Execution", "ProcessID", EVTX_PROCESS_ID },
	{ "Execution", "ThreadID", EVTX_THREAD_ID },
	{ "Channel", NULL, EVTX_CHANNEL },
	{ "Computer", NULL, EVTX_COMPUTER },
	{ "Security", "UserID", EVTX_USER_SID },
};
#define SYSTEM_FIELDS (sizeof(system_fields) / sizeof(*system_fields))

static struct evtx_name name_of(const struct evtx_programs *p, uint32_t node)
{
	return evtx_name_at(p->tree.b, p->tree.nodes[node].name);
}

/* A single piece becomes a field; false: it is something else, or the field was there before. */
static bool put_field(struct evtx_programs *p, enum evtx_field field, uint32_t first)
{
	struct evtx_content c = evtx_content(&p->tree, first);

	if (c.elements || c.pieces != 1 || p->fields & EVTX_BIT(field))
		return false;
	const struct evtx_node *n = &p->tree.nodes[c.only];
	if (n->kind == NODE_SUB) {
		evtx_op(p, OP_SYSTEM, field, n->at);
	} else if (n->kind == NODE_TEXT) {
		const struct evtx_value v = { p->tree.b.at + n->at, n->len * 2, EVTX_STRING };
		evtx_put(p, (const char *)v.at, v.len);
		p->literal = (uint32_t)p->text_len;
		char *to = evtx_put_room(p, EVTX_JSON_ROOM(v.len));
		p->text_len = (size_t)(evtx_field_json(to, field, &v) - p->text);
		evtx_op(p, OP_SYSTEM_TEXT, field, n->len);
	} else {
		return false;
	}
	p->fields |= EVTX_BIT(field);
	return true;
}

/* Take what is known of an element of System; true if something is left of it. */
static bool put_known(struct evtx_programs *p, uint32_t element)
{
	struct evtx_node *nodes = p->tree.nodes;
	bool left = false, content = nodes[element].first != NODE_NONE, known = false;
	struct evtx_name name = name_of(p, element);
	size_t from = 0;

	while (from < SYSTEM_FIELDS && !evtx_name_is(name, system_fields[from].element))
		from++;
	for (uint32_t a = nodes[element].attribute; a != NODE_NONE; a = nodes[a].next) {
		size_t i = from;

		while (i < SYSTEM_FIELDS &&
		       !(system_fields[i].attribute &&
			 evtx_name_is(name_of(p, a), system_fields[i].attribute)))
			i++;
		if (i < SYSTEM_FIELDS && evtx_name_is(name, system_fields[i].element) &&
		    (nodes[a].first == NODE_NONE ||
		     put_field(p, system_fields[i].field, nodes[a].first)))
			nodes[a].kind = NODE_TAKEN;
		else
			left = true;
	}
	for (size_t i = from; i < SYSTEM_FIELDS && evtx_name_is(name, system_fields[i].element);
	     i++) {
		known = true;
		if (!system_fields[i].attribute && content &&
		    put_field(p, system_fields[i].field, nodes[element].first)) {
			nodes[element].first = NODE_NONE;
			content = false;
		}
	}
	return left || content || !known;
}

static void begin_section(struct evtx_programs *p, struct evtx_object *o,
			  enum evtx_section_kind kind)
{
	evtx_flush(p);
	evtx_op(p, OP_SECTION, kind, 0);
	o->state = OBJECT_FRESH;
}

static void end_section(struct evtx_programs *p)
{
	evtx_flush(p);
	evtx_op(p, OP_SECTION_END, 0, 0);
}

static void put_system(struct evtx_programs *p, uint32_t system)
{
	struct evtx_node *nodes = p->tree.nodes;
	struct evtx_object o = { system * 2, OBJECT_FRESH };
	bool left = false;

	for (uint32_t i = nodes[system].first; i != NODE_NONE; i = nodes[i].next) {
		if (nodes[i].kind != NODE_ELEMENT || put_known(p, i))
			left = true;
		else
			nodes[i].kind = NODE_TAKEN;
	}
	if (!left)
		return;
	begin_section(p, &o, EVTX_OTHER_SYSTEM);
	evtx_put_content(p, &o, nodes[system].first);
	end_section(p);
}

/* The attribute Name of a Data, or NODE_NONE. It is taken. */
static uint32_t take_data_name(struct evtx_programs *p, uint32_t element)
{
	struct evtx_node *nodes = p->tree.nodes;

	for (uint32_t a = nodes[element].attribute; a != NODE_NONE; a = nodes[a].next)
		if (nodes[a].kind == NODE_ATTRIBUTE && evtx_name_is(name_of(p, a), "Name")) {
			nodes[a].kind = NODE_TAKEN;
			return a;
		}
	return NODE_NONE;
}

static void put_named_data(struct evtx_programs *p, struct evtx_object *o, uint32_t element,
			   uint32_t name)
{
	const struct evtx_node *nodes = p->tree.nodes;
	struct evtx_content c = evtx_content(&p->tree, nodes[name].first);

	if (c.pieces == 1 && nodes[c.only].kind == NODE_TEXT) {
		const struct evtx_node *n = &nodes[c.only];

		evtx_key(p, o, p->tree.b.at + n->at, n->len);
	} else {
		evtx_comma(p, o);
		evtx_put(p, "\"", 1);
		evtx_put_pieces(p, nodes[name].first);
		evtx_put(p, "\":", 2);
	}
	evtx_put_value(p, element);
}

/* Data without a name: an item of the list. Arrays give one for each of theirs. */
static void put_item(struct evtx_programs *p, struct evtx_object *list, uint32_t element)
{
	const struct evtx_node *nodes = p->tree.nodes;
	struct evtx_content c = evtx_content(&p->tree, nodes[element].first);

	if (!c.elements && c.pieces == 1 && nodes[c.only].kind == NODE_SUB) {
		evtx_put_sub(p, list, OP_ITEM, 0, nodes[c.only].at);
		return;
	}
	evtx_comma(p, list);
	if (!c.elements && !c.pieces)
		evtx_put(p, "\"\"", 2);
	else
		evtx_put_value(p, element);
}

/* Text beside the elements of EventData, with the values in it; no provider is known to do it. */
static void put_loose_text(struct evtx_programs *p, struct evtx_object *o, uint32_t first)
{
	struct evtx_node *nodes = p->tree.nodes;

	if (!evtx_content(&p->tree, first).loose)
		return;
	evtx_comma(p, o);
	evtx_put(p, "\"#text\":\"", 9);
	evtx_put_pieces(p, first);
	evtx_put(p, "\"", 1);
	for (uint32_t i = first; i != NODE_NONE; i = nodes[i].next)
		if (nodes[i].kind == NODE_SUB && !evtx_is_binxml(&nodes[i]))
			nodes[i].kind = NODE_TAKEN;
}

/* What stands in EventData. */
void evtx_put_data(struct evtx_programs *p, struct evtx_object *o, uint32_t first)
{
	static const uint8_t data[] = { 'D', 0, 'a', 0, 't', 0, 'a', 0 };
	struct evtx_node *nodes = p->tree.nodes;
	struct evtx_object list = { NODE_NONE, OBJECT_FRESH };
	bool unnamed = false;

	put_loose_text(p, o, first);
	for (uint32_t i = first; i != NODE_NONE; i = nodes[i].next) {
		struct evtx_node *n = &nodes[i];

		if (n->kind == NODE_SUB) {
			evtx_put_sub(p, o, OP_FRAGMENT, CONTEXT_DATA, n->at);
		} else if (n->kind == NODE_INSTANCE) {
			evtx_put_instance(p, o, CONTEXT_DATA, n->at);
		} else if (n->kind == NODE_PI) {
			evtx_put_instruction(p, o, i);
		} else if (n->kind != NODE_ELEMENT) {
			continue;
		} else if (evtx_name_is(name_of(p, i), "Data")) {
			uint32_t name = take_data_name(p, i);

			if (name != NODE_NONE)
				put_named_data(p, o, i, name);
			else if (n->attribute != NODE_NONE)
				evtx_put_member(p, o, i);
			else {
				unnamed = true;
				continue;
			}
		} else if (!evtx_name_is(name_of(p, i), "Binary") || n->attribute != NODE_NONE) {
			evtx_put_member(p, o, i);
		} else {
			evtx_flush(p);
			if (n->first != NODE_NONE && !put_field(p, EVTX_BINARY_DATA, n->first))
				evtx_put_member(p, o, i);
		}
		n->kind = NODE_TAKEN;
	}
	if (!unnamed)
		return;
	evtx_key(p, o, data, sizeof(data) / 2);
	evtx_put(p, "[", 1);
	for (uint32_t i = first; i != NODE_NONE; i = nodes[i].next)
		if (nodes[i].kind == NODE_ELEMENT)
			put_item(p, &list, i);
	evtx_put(p, "]", 1);
}

static void put_section(struct evtx_programs *p, enum evtx_section_kind kind, uint32_t element)
{
	const struct evtx_node *n = &p->tree.nodes[element];
	struct evtx_object o = { element * 2, OBJECT_FRESH };

	begin_section(p, &o, kind);
	evtx_put_attributes(p, &o, element);
	if (kind == EVTX_EVENT_DATA)
		evtx_put_data(p, &o, n->first);
	else
		evtx_put_content(p, &o, n->first);
	end_section(p);
}

/* Event itself, or what stands in it: System, EventData and so on. */
void evtx_put_event(struct evtx_programs *p, uint32_t first)
{
	struct evtx_node *nodes = p->tree.nodes;
	struct evtx_object o = { NODE_NONE, OBJECT_FRESH };
	const bool text = evtx_content(&p->tree, first).loose;
	bool other = false;

	for (uint32_t i = first; i != NODE_NONE; i = nodes[i].next) {
		struct evtx_node *n = &nodes[i];
		struct evtx_name name = { 0 };

		if (n->kind == NODE_ELEMENT)
			name = name_of(p, i);
		if (n->kind == NODE_SUB)
			evtx_put_sub(p, &o, OP_FRAGMENT, CONTEXT_EVENT, n->at);
		else if (n->kind == NODE_INSTANCE)
			evtx_put_instance(p, &o, CONTEXT_EVENT, n->at);
		else if (n->kind != NODE_ELEMENT && n->kind != NODE_PI && !text)
			; /* line breaks between elements */
		else if (evtx_name_is(name, "Event"))
			evtx_put_event(p, n->first);
		else if (evtx_name_is(name, "System"))
			put_system(p, i);
		else if (evtx_name_is(name, "EventData"))
			put_section(p, EVTX_EVENT_DATA, i);
		else if (evtx_name_is(name, "UserData"))
			put_section(p, EVTX_USER_DATA, i);
		else if (evtx_name_is(name, "RenderingInfo"))
			put_section(p, EVTX_RENDERING_INFO, i);
		else {
			other = true;
			continue;
		}
		n->kind = NODE_TAKEN;
	}
	if (!other)
		return;
	begin_section(p, &o, EVTX_OTHER);
	evtx_put_content(p, &o, first);
	end_section(p);
}
