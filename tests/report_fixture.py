"""Reports made by hand for the tests of `report`: one rich, one hostile, one packed, one quiet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from auditor import model as m

ALERT = "<script>document.title='pwned'</script>"
HOSTILE = (
    ALERT,
    '"><img src=x onerror="document.title=\'pwned\'">',
    "</style></title></textarea><svg onload=document.title='pwned'>",
    "{{7*7}}{% raw %}${7*7}",
    "javascript:document.title='pwned'",
    "\u202egnp.exe\u202c \u2066isolate\u200b",
    "nul\x00bell\x07esc\x1b[31mred\x1b]8;;http://evil.example\x07",
    "lone \ud800 surrogate \udfff",
    '=HYPERLINK("http://evil.example")',
    "a" * 20_000,
    "z" + "\u0301" * 200,
    "line\u2028separator\r\nnext",
    "&amp;<!-- --><![CDATA[ ]]>",
    "url(http://evil.example/x.png)",
)


class NoResources:
    """A resource table without entries."""

    def string(self, res_id: int) -> Mapping[str, str]:
        return {}

    def name(self, res_id: int) -> str:
        return ""

    def id_of(self, name: str) -> int | None:
        return None

    def array(self, res_id: int) -> tuple[str, ...]:
        return ()

    def layout(self, res_id: int) -> tuple[m.View, ...]:
        return ()

    def strings(self) -> Mapping[str, Mapping[str, str]]:
        return {}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def package(label: str = "快易借", hostile: str = "") -> m.Package:
    manifest = m.Manifest(
        package="com.kuaiyijie.loan",
        version_name="3.2.1",
        version_code="321",
        min_sdk=21,
        target_sdk=33,
        label=hostile or label,
        labels={"": hostile or label, "en": hostile or "Kuai Yi Loan"},
        permissions=(m.PermissionRequest("android.permission.READ_CONTACTS"),),
        components=(
            m.Component("activity", "com.kuaiyijie.loan.ui.MainActivity", True),
            m.Component("service", "com.kuaiyijie.loan.sync.SyncService", False),
        ),
        cleartext=True,
        cleartext_domains=("risk.kyj-data.example",),
    )
    return m.Package(
        path="kuaiyijie.apk",
        name=hostile or "kuaiyijie-3.2.1.apk",
        sha256=sha("apk"),
        size=18_734_112,
        parts=(m.Part(hostile or "kuaiyijie-3.2.1.apk", sha("apk"), 18_734_112),),
        manifest=manifest,
        signers=(
            m.Signer("v1+v2", sha("cert"), hostile or "CN=Kuai Yi, O=KYJ Tech", "2023-04-18"),
        ),
        files=(),
        resources=NoResources(),
        limits=(),
    )


_READER = (
    "Lcom/kuaiyijie/loan/contact/ContactReader;->readAll(Landroid/content/Context;)Ljava/util/List;"
)
_PICK = (
    "Lcom/kuaiyijie/loan/ui/EmergencyContactActivity;"
    "->onActivityResult(IILandroid/content/Intent;)V"
)
_UPLOAD = "Lcom/kuaiyijie/loan/net/UploadTask;->run()V"
_SMS = "Lcom/kuaiyijie/loan/risk/SmsReader;->collect()Lorg/json/JSONArray;"
_APPS = "Lcom/kuaiyijie/loan/risk/AppList;->collect()Lorg/json/JSONArray;"
_LOC = "Lcom/ditu/location/LocClient;->start()V"
_QUERY = (
    "Landroid/content/ContentResolver;->query(Landroid/net/Uri;[Ljava/lang/String;"
    "Ljava/lang/String;[Ljava/lang/String;Ljava/lang/String;)Landroid/database/Cursor;"
)
_CALL = "Lokhttp3/OkHttpClient;->newCall(Lokhttp3/Request;)Lokhttp3/Call;"

QUOTES = {
    _READER: """public List readAll(Context context)
{
    ArrayList out = new ArrayList();
    Cursor c = this.resolver.query(ContactsContract$Contacts.CONTENT_URI, null, null, null, null);
    while (c.moveToNext()) {
        JSONObject one = new JSONObject();
        one.put("name", c.getString(c.getColumnIndex("display_name")));
        one.put("phone", c.getString(c.getColumnIndex("data1")));
        out.add(one);
    }
    c.close();
    return out;
}""",
    _UPLOAD: """public void run()
{
    JSONObject body = new JSONObject();
    body.put("userId", this.session.userId());
    body.put("addressBook", new JSONArray(this.reader.readAll(this.context)));
    RequestBody data = RequestBody.create(MediaType.parse("application/json"), body.toString());
    Request request = Http.post(Config.BASE + "/v2/risk/addressBook", data);
    this.client.newCall(request).execute();
}""",
    _SMS: """public JSONArray collect()
{
    Cursor c = this.resolver.query(Uri.parse("content://sms/inbox"), null, null, null, "date desc");
    return Rows.toJson(c);
}""",
}


def _flow_contacts() -> m.Flow:
    return m.Flow(
        id="flow-contacts-1",
        data_type=m.DataType("contacts"),
        level=m.Level.TRACED,
        scope=m.Scope.BULK,
        source=m.CallSite(_QUERY, _READER, 18, "classes.dex"),
        sink=m.CallSite(_CALL, _UPLOAD, 61, "classes2.dex"),
        sink_kind=m.SinkKind.NETWORK,
        endpoint="https://api.kuaiyijie.example/v2/risk/addressBook",
        http_method="POST",
        fields=("addressBook", "name", "phone"),
        owner="app",
        recipient="first_party",
        trigger="activity_result",
        before_consent=None,
        steps=(
            m.Step(
                _READER,
                18,
                "classes.dex",
                "the address book is queried without selection",
                "source",
            ),
            m.Step(
                _READER, 40, "classes.dex", 'put under the key "phone" of a JSON object', "store"
            ),
            m.Step(_READER, 77, "classes.dex", "returned to the caller", "return"),
            m.Step(_UPLOAD, 12, "classes2.dex", 'put under the key "addressBook"', "store"),
            m.Step(_UPLOAD, 44, "classes2.dex", "becomes the body of a request", "transform"),
            m.Step(_UPLOAD, 61, "classes2.dex", "the request is sent", "sink"),
        ),
        transforms=("gzip at UploadTask.run@40",),
        entry=_PICK,
        guards=(),
    )


def flows() -> tuple[m.Flow, ...]:
    first = _flow_contacts()
    second = replace(
        first,
        id="flow-contacts-2",
        data_type=m.DataType("contacts.phone"),
        endpoint="http://risk.kyj-data.example/collect",
        recipient="风盾数据 (Fengdun)",
        level=m.Level.LINKED,
        trigger="application_start",
        before_consent=True,
        owner="fengdun",
        fields=("phone",),
        steps=first.steps[:2],
    )
    sms = replace(
        first,
        id="flow-sms-1",
        data_type=m.DataType("sms"),
        source=m.CallSite(_QUERY, _SMS, 9, "classes2.dex"),
        endpoint="https://api.kuaiyijie.example/v2/risk/sms",
        fields=("body", "address", "date"),
        trigger="job",
        steps=(
            m.Step(_SMS, 9, "classes2.dex", "the inbox is queried", "source"),
            m.Step(_UPLOAD, 61, "classes2.dex", "the request is sent", "sink"),
        ),
    )
    apps = replace(
        first,
        id="flow-apps-1",
        data_type=m.DataType("installed_apps"),
        source=m.CallSite(
            "Landroid/content/pm/PackageManager;->getInstalledPackages(I)Ljava/util/List;",
            _APPS,
            5,
            "classes2.dex",
        ),
        endpoint="https://api.kuaiyijie.example/v2/risk/apps",
        fields=("packageName",),
        trigger="launcher_start",
        before_consent=True,
        steps=(m.Step(_APPS, 5, "classes2.dex", "the list of apps is read", "source"),),
    )
    return first, second, sms, apps


def reads() -> tuple[m.SourceRead, ...]:
    return (
        m.SourceRead(
            m.DataType("contacts"),
            m.CallSite(_QUERY, _READER, 18, "classes.dex"),
            m.Level.REACHABLE,
            m.Scope.BULK,
            "contacts-query",
            "app",
            trigger="activity_result",
            columns=("display_name", "data1", "times_contacted"),
            picker_mask=True,
            detail="content://com.android.contacts/data/phones",
        ),
        m.SourceRead(
            m.DataType("contacts"),
            m.CallSite(_QUERY, _PICK, 33, "classes.dex"),
            m.Level.REACHABLE,
            m.Scope.ONE_PICKED,
            "contacts-picker",
            "app",
            trigger="activity_result",
        ),
        m.SourceRead(
            m.DataType("sms"),
            m.CallSite(_QUERY, _SMS, 9, "classes2.dex"),
            m.Level.REACHABLE,
            m.Scope.BULK,
            "sms-query",
            "app",
            trigger="job",
        ),
        m.SourceRead(
            m.DataType("location"),
            m.CallSite(
                "Landroid/location/LocationManager;->requestLocationUpdates()V",
                _LOC,
                4,
                "classes3.dex",
            ),
            m.Level.REFERENCED,
            m.Scope.UNKNOWN,
            "location-updates",
            "ditu-location",
        ),
    )


TERMS_TEXT = (
    "快易借隐私政策\n\n一、我们收集的信息\n为评估您的借款申请，我们会收集您主动填写的两位紧急联系人的姓名和电话号码。"
    "我们可能会收集您的设备信息、已安装应用列表。\n"
    "我们不会读取您的通讯录。\n"
    "二、信息的共享\n如您逾期未还款，我们有权将您的信息提供给第三方催收机构，并联系您的紧急联系人。"
    "我们会将信用信息报送征信机构。\n"
)


def _statement(id_: str, quote: str, **values: object) -> m.Statement:
    start = TERMS_TEXT.index(quote)
    base = m.Statement(
        id=id_,
        entity="we",
        action=m.Action.COLLECT,
        data_types=(m.DataType("contacts"),),
        negated=False,
        purposes=(),
        recipients=(),
        quote=quote,
        document="privacy.html",
        start=start,
        end=start + len(quote),
        language="zh",
    )
    return replace(base, **values)  # type: ignore[arg-type]


def terms() -> m.Terms:
    denial = "我们不会读取您的通讯录。"
    emergency = "我们会收集您主动填写的两位紧急联系人的姓名和电话号码。"
    device = "我们可能会收集您的设备信息、已安装应用列表。"
    credit = "我们会将信用信息报送征信机构。"
    overdue = "如您逾期未还款，我们有权将您的信息提供给第三方催收机构，并联系您的紧急联系人。"
    start = TERMS_TEXT.index(overdue)
    return m.Terms(
        documents=(
            m.TermsDocument(
                "privacy.html",
                sha(TERMS_TEXT),
                "zh",
                "base.apk!/assets/privacy.html",
                "privacy_policy",
                TERMS_TEXT,
                title="快易借隐私政策",
                effective_date="2024-03-01",
            ),
        ),
        statements=(
            _statement("st-1", emergency, data_types=(m.DataType("emergency_contact"),)),
            _statement("st-2", denial, negated=True),
            _statement(
                "st-3",
                device,
                data_types=(m.DataType("device_ids"), m.DataType("installed_apps")),
                modality="optional",
            ),
            _statement(
                "st-4",
                credit,
                action=m.Action.SHARE,
                data_types=(m.DataType("credit"),),
                recipients=("credit_bureau",),
            ),
        ),
        warnings=(
            m.Warning_(
                "contacts_for_collection", overdue, "privacy.html", start, start + len(overdue)
            ),
        ),
        links=("https://h5.kuaiyijie.example/privacy",),
    )


def practices() -> tuple[m.Practice, ...]:
    def practice(data_type: str, **values: object) -> m.Practice:
        base = m.Practice(
            action=m.Action.COLLECT,
            data_type=m.DataType(data_type),
            level=m.Level.TRACED,
            scope=m.Scope.BULK,
            recipient="first_party",
            flows=(),
            call_sites=(),
            disclosure=m.Disclosure.OMITTED,
            statements=(),
        )
        return replace(base, **values)  # type: ignore[arg-type]

    read = m.CallSite(_QUERY, _READER, 18, "classes.dex")
    return (
        practice(
            "contacts",
            flows=("flow-contacts-1",),
            call_sites=(read,),
            disclosure=m.Disclosure.INCORRECT,
            statements=("st-2",),
            trigger="activity_result",
            why="The terms deny it.",
        ),
        practice(
            "contacts.phone",
            action=m.Action.SHARE,
            level=m.Level.LINKED,
            recipient="风盾数据 (Fengdun)",
            flows=("flow-contacts-2",),
            call_sites=(read,),
            owner="fengdun",
            trigger="application_start",
            before_consent=True,
        ),
        practice("sms", flows=("flow-sms-1",), trigger="job"),
        practice(
            "installed_apps",
            flows=("flow-apps-1",),
            disclosure=m.Disclosure.CLEAR,
            statements=("st-3",),
            before_consent=True,
        ),
        practice(
            "location",
            level=m.Level.REFERENCED,
            scope=m.Scope.UNKNOWN,
            recipient="",
            owner="ditu-location",
        ),
    )


def endpoints() -> tuple[m.Endpoint, ...]:
    place = m.CodePlace(_UPLOAD, 61, "classes2.dex")

    def one(scheme: str, host: str, path: str, **values: object) -> m.Endpoint:
        base = m.Endpoint(
            f"{scheme}://{host}{path}", scheme, host, path, "POST", "joined", (place,), "app",
            "first_party",
        )  # fmt: skip
        return replace(base, **values)  # type: ignore[arg-type]

    contacts, sms = m.DataType("contacts"), m.DataType("sms")
    return (
        one("https", "api.kuaiyijie.example", "/v2/risk/addressBook", data_types=(contacts,)),
        one("https", "api.kuaiyijie.example", "/v2/risk/sms", data_types=(sms,)),
        one(
            "http",
            "risk.kyj-data.example",
            "/collect",
            data_types=(m.DataType("contacts.phone"),),
            recipient="风盾数据 (Fengdun)",
            owner="fengdun",
            cleartext=True,
        ),
        one("https", "", "/upload", resolution="partial", note="host set at run time"),
    )


def findings() -> tuple[m.Finding, ...]:
    provision = m.Indicator(
        "cn-app-id-methods-2019-3.3",
        "三、3",
        "App违法违规收集使用个人信息行为认定方法",
        "2019-11-28",
        "normative_document",
        "Taking more personal information than the user agreed to counts as taking it without"
        " consent.",
        "A flow of the whole table where the terms name two contacts.",
    )
    second = replace(
        provision,
        provision="cn-pipl-6",
        article="6",
        title="个人信息保护法",
        effective_from="2021-11-01",
        weight="statute",
        says="Collection is limited to the least that the purpose needs.",
    )
    third = replace(second, provision="cn-pipl-23", article="23", says="Separate consent.")
    return (
        m.Finding(
            id="F-1",
            rule="contacts-upload-denied",
            title="The whole address book is sent, and the terms deny reading it",
            severity=m.Severity.HIGH,
            practice="collect:contacts:first_party",
            disclosure=m.Disclosure.INCORRECT,
            why="The code reads every entry of the address book and puts it in a request; the"
            " terms say that the address book is not read.",
            evidence=("flow-contacts-1", "st-2"),
            indicators=(provision, second, third),
            confidence="high",
            confidence_why="Every step from the read to the request was followed.",
            in_favour=("The connection is encrypted (HTTPS).",),
            not_shown=(
                "That a given person's address book was sent.",
                "What the server does with it.",
            ),
            to_do=(
                "Keep the APK and this report.",
                "Withdraw the permission in the settings.",
            ),
            texts={
                "title.zh": "整本通讯录被发送，而条款称不读取通讯录",
                "why.zh": "代码读取通讯录的每一条记录并放入网络请求；条款却写明不读取通讯录。",
                "confidence_why.zh": "从读取到发送的每一步都已跟踪到。",
                "in_favour.zh": "传输使用加密连接（HTTPS）。",
                "not_shown.zh": "不能说明某个人的通讯录确实被发送。\n"
                "不能说明服务器如何使用这些数据。",
                "to_do.zh": "保存安装包和本报告。\n在系统设置中收回通讯录权限。",
            },
        ),
        m.Finding(
            id="F-2",
            rule="contacts-third-party-undeclared",
            title="Phone numbers of contacts can reach a third party that the terms do not name",
            severity=m.Severity.HIGH,
            practice="share:contacts.phone:风盾数据 (Fengdun)",
            disclosure=m.Disclosure.OMITTED,
            why="A library reads the numbers; an address of its vendor carries such a field.",
            evidence=("flow-contacts-2",),
            confidence="medium",
            confidence_why="Linked by names only; no path was proved.",
            not_shown=("A data-flow path.",),
        ),
        m.Finding(
            id="F-3",
            rule="permission-excessive",
            title="A permission without a use that this tool could see",
            severity=m.Severity.LOW,
            practice="",
            disclosure=None,
            why="The app requests READ_CALL_LOG; no reachable code uses it.",
            evidence=(f"{_READER}@18",),
        ),
    )


def rich() -> m.AuditReport:
    """A lender that sends the whole book although its terms deny it."""
    data = m.DataType
    return m.AuditReport(
        package=package(),
        tool_version="0.1.0",
        catalog_digest=sha("catalog"),
        libraries=(
            m.Library(
                "fengdun",
                "Fengdun Risk 风盾",
                "风盾数据",
                ("Lcn/fengdun/",),
                "4.3",
                "risk",
                data_types=(data("device_ids"), data("contacts")),
            ),
            m.Library(
                "ditu-location",
                "Ditu Location",
                "地途科技",
                ("Lcom/ditu/location/",),
                "",
                "location",
                data_types=(data("location"),),
            ),
            m.Library("okhttp", "OkHttp", "Square", ("Lokhttp3/",), "4.9", "network"),
        ),  # fmt: skip
        permissions=(
            m.PermissionUse("android.permission.READ_CONTACTS", (data("contacts"),), None, 2, 3),
            m.PermissionUse("android.permission.READ_SMS", (data("sms"),), None, 1, 1),
            m.PermissionUse("android.permission.READ_CALL_LOG", (data("call_log"),), None, 0, 0),
            m.PermissionUse(
                "android.permission.ACCESS_FINE_LOCATION", (data("location"),), 32, 0, 1
            ),
            m.PermissionUse("android.permission.INTERNET", (), None, 14, 20),
        ),
        reads=reads(),
        flows=flows(),
        practices=practices(),
        endpoints=endpoints(),
        terms=terms(),
        findings=findings(),
        limits=(
            m.Limit("reflection", "classes2.dex", "12 calls through reflection were not resolved"),
            m.Limit(
                "native_code",
                "lib/arm64-v8a/libkyj.so",
                "native code was searched for strings only",
            ),
            m.Limit("terms_linked", "https://h5.kuaiyijie.example/privacy", "linked, not fetched"),
        ),
        lending=m.LendingAssessment(True, ("the label contains 借", "the terms speak of loans")),
        jurisdictions=("cn",),
        jurisdiction_why="the terms are in Simplified Chinese",
        quotes=QUOTES,
    )


def packed() -> m.AuditReport:
    """An app whose code cannot be seen; no terms."""
    return m.AuditReport(
        package=package("秒借"),
        tool_version="0.1.0",
        catalog_digest=sha("catalog"),
        packers=(m.Packer("jiagu", "360 Jiagu", "奇虎 360", ("lib/libjiagu.so",)),),
        permissions=(
            m.PermissionUse(
                "android.permission.READ_CONTACTS", (m.DataType("contacts"),), None, 0, 0
            ),
        ),
        limits=(
            m.Limit("packed", "assets/jiagu.dat", "the DEX code is encrypted by 360 Jiagu"),
            m.Limit("code_not_visible", "classes.dex", "only the packer's stub is readable"),
        ),
    )


def quiet() -> m.AuditReport:
    """An app that reads nothing this tool knows; English terms."""
    return m.AuditReport(
        package=package("Honest Loan"),
        tool_version="0.1.0",
        catalog_digest=sha("catalog"),
        lending=m.LendingAssessment(None, ()),
    )


def hostile(index: int) -> m.AuditReport:
    """The rich report with one hostile string wherever a string of the app or its terms stands."""
    return everywhere(HOSTILE[index])


def everywhere(bad: str) -> m.AuditReport:
    """The rich report with `bad` wherever a string of the app or its terms stands."""
    base = rich()
    site = m.CallSite(bad, bad, 3, bad)
    flow = replace(
        base.flows[0],
        source=site,
        sink=site,
        endpoint=bad,
        fields=(bad,),
        recipient=bad,
        owner=bad,
        steps=(m.Step(bad, 1, bad, bad, "source"),),
        transforms=(bad,),
        guards=(bad,),
        entry=bad,
        endpoint_candidates=(bad,),
        trigger=bad,
    )
    read = replace(base.reads[0], site=site, columns=(bad,), detail=bad, owner=bad)
    terms_ = replace(
        base.terms,
        documents=tuple(
            replace(d, name=bad, origin=bad, text=bad, title=bad) for d in base.terms.documents
        ),
        statements=tuple(
            replace(s, quote=bad, document=bad, context=bad) for s in base.terms.statements
        ),
        warnings=(m.Warning_(bad, bad, bad, 0, 1),),
        links=(bad,),
    )
    return replace(
        base,
        package=package(hostile=bad),
        flows=(flow, *base.flows[1:]),
        reads=(read, *base.reads[1:]),
        practices=(
            replace(base.practices[0], recipient=bad, call_sites=(site,)),
            *base.practices[1:],
        ),
        endpoints=tuple(replace(e, url=bad, host=bad, path=bad, note=bad) for e in base.endpoints),
        libraries=(m.Library(bad, bad, bad, (bad,), bad, bad),),
        frameworks=(m.Framework(bad, bad, (bad,)),),
        packers=(m.Packer(bad, bad, bad, (bad,)),),
        permissions=(m.PermissionUse(bad, (m.DataType("contacts"),), None, 1, 1),),
        terms=terms_,
        findings=tuple(replace(f, title=bad, why=bad, texts={}) for f in base.findings),
        limits=(m.Limit(bad, bad, bad),),
        lending=m.LendingAssessment(True, (bad,)),
        quotes={bad: bad},
    )  # fmt: skip
