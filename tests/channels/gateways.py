"""One configuration for each SMS gateway that was looked at, as its manual asks: no code, settings only.

Secrets, numbers and texts are invented; the signatures were computed apart from this code, from the formula of
each manual.
"""

from __future__ import annotations

from bot.channels.gateway_config import GatewayConfig

TOKEN = "invented-gateway-token"
PATH_SECRET = "unguessable-9f2c"
STATUS_URL = f"https://motcua.example/channels/sms/status/{PATH_SECRET}"

OURS = GatewayConfig(token=TOKEN)

ESMS = GatewayConfig(
    token=PATH_SECRET,
    secret="dummy-private-key",
    sender="MOTCUA",
    auth="none",
    number_format="plain",
    id_field="RequestId",
    to_field="Phone",
    text_field="Content",
    extra={"ApiKey": "k", "SecretKey": "s", "Brandname": "{from}", "SmsType": "8", "IsUnicode": "0",
           "CallbackUrl": STATUS_URL},
    ok="json:CodeResult=100,124",
    answer_id="json:SMSID",
    answer_code="json:CodeResult",
    codes={"99": "busy", "101": "account", "103": "account", "104": "account", "108": "bad_number", "140": "account",
           "146": "content", "177": "account"},
    check="md5-base64 field:sign {cpid}{smsid}{content}{receiverTime}{secret}",
    in_id="smsid",
    in_from="sender",
    in_text="content",
    in_time="receiverTime",
    time_format="%Y%m%d%H%M%S",
    answer="<ClientResponse><Message>Da nhan</Message><Smsid>{smsid}</Smsid><Receiver>{sender}</Receiver></ClientResponse>",
    answer_mime="text/xml",
    status_check="path",
    status_id="SMSID",
    status_our_id="RequestId",
    status_field="SendStatus",
    status_code="error_info",
    statuses={"1": "accepted", "2": "accepted", "4": "failed", "5": "sent", "7": "sent"},
)  # fmt: skip

VCOM = GatewayConfig(
    token="unused",
    secret="dummy-secure-key",
    auth="none",
    number_format="plain",
    id_field="mt_code",
    to_field="",
    text_field="message",
    extra={"client_id": "client1", "request_id": "{reply_to}", "service_id": "7068", "command_code": "MOTCUA",
           "is_charged": "0", "time": "{time}"},
    checksum="sha256-base64 field:checksum client1{reply_to}{id}{secret}{time}",
    ok="json:data.code=200,104",
    answer_id="",
    answer_code="json:data.code",
    codes={"106": "account", "108": "account"},
    check="sha256-base64 field:checksum {client_id}{request_id}{phone}{secret}{time}",
    in_id="request_id",
    in_from="phone",
    in_text="message",
    in_time="time",
    time_format="s",
    answer='{"data":{"code":200}}',
)  # fmt: skip

SPEEDSMS = GatewayConfig(
    token="invented-access-token:x",
    sender="MOTCUA",
    auth="basic",
    number_format="plain",
    id_field="",
    to_field="to[]",
    text_field="content",
    extra={"sms_type": "3", "sender": "{from}"},
    honours_our_id=False,
    ok="json:status=success",
    answer_id="json:data.tranId",
    answer_code="json:code",
    codes={"007": "account", "105": "bad_number", "110": "content", "113": "content", "300": "account"},
)

CAPCOM6 = GatewayConfig(
    token="invented-user:invented-password",
    secret="dummy-signing-key",
    auth="basic",
    to_field="phoneNumbers[]",
    text_field="textMessage.text",
    check="hmac-sha256-hex header:X-Signature {body}{header:X-Timestamp}",
    in_from="payload.sender",
    in_text="payload.message",
    in_time="payload.receivedAt",
    status_id="payload.messageId",
    status_our_id="payload.messageId",
    status_field="event",
    statuses={"sms:sent": "sent", "sms:delivered": "delivered", "sms:failed": "failed"},
)

KANNEL = GatewayConfig(
    token=PATH_SECRET,
    sender="8088",
    method="GET",
    encoding="query",
    auth="none",
    id_field="",
    extra={"username": "motcua", "password": "invented", "from": "{from}", "charset": "UTF-8", "dlr-mask": "31",
           "dlr-url": STATUS_URL + "?id={id}&status=%d"},
    honours_our_id=False,
    ok="text:0: Accepted",
    answer_id="",
    check="path",
    statuses={"1": "delivered", "2": "failed", "4": "accepted", "8": "sent", "16": "failed"},
)  # fmt: skip

JASMIN = GatewayConfig(
    token=PATH_SECRET,
    sender="8088",
    method="GET",
    encoding="query",
    auth="none",
    number_format="plain",
    id_field="",
    text_field="content",
    extra={"username": "motcua", "password": "invented", "from": "{from}", "dlr": "yes", "dlr-level": "2"},
    honours_our_id=False,
    ok="text:Success",
    answer_id='regex:Success "([^"]+)"',
    check="path",
    in_text="content",
    status_field="message_status",
    statuses={"ESME_ROK": "sent", "DELIVRD": "delivered", "UNDELIV": "failed", "EXPIRED": "expired"},
    answer="ACK/Jasmin",
    answer_mime="text/plain",
)

HEXED = GatewayConfig(token=PATH_SECRET, check="path", in_from="phone", in_text="sms", in_coding="hex")
